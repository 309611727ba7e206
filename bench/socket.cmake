# The rivals: ZeroMQ and nng, messages without JSON; libuv, bytes.
find_package(PkgConfig REQUIRED)
pkg_check_modules(libuv REQUIRED IMPORTED_TARGET libuv)
pkg_check_modules(libzmq REQUIRED IMPORTED_TARGET libzmq)
find_package(nng REQUIRED)
target_link_libraries(bench-socket PRIVATE PkgConfig::libuv PkgConfig::libzmq nng::nng)
