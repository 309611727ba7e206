# Certificates of the tests' own.
target_link_libraries(test-stream PRIVATE OpenSSL::SSL)
