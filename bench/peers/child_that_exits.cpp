// Linked statically, so that the start of a process is measured and not its dynamic linking.
int main() { return 0; }
