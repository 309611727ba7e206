# Certificates of the tests' own.
target_link_libraries(test-socket PRIVATE OpenSSL::SSL)
