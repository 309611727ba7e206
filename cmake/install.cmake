# `find_package(parlance CONFIG)` and `pkg-config parlance`, both tried by tests/install.
include(CMakePackageConfigHelpers)
install(TARGETS parlance EXPORT parlance_targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/parlance DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT parlance_targets NAMESPACE parlance:: FILE parlance-targets.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/parlance)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/parlance-config.cmake.in
    ${PROJECT_BINARY_DIR}/parlance-config.cmake INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/parlance)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/parlance-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/parlance-config.cmake ${PROJECT_BINARY_DIR}/parlance-config-version.cmake
    ${PROJECT_SOURCE_DIR}/cmake/Findlmdb.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/parlance)
# from the file's own place, so that `cmake --install --prefix` and a moved tree are right too
file(RELATIVE_PATH pc_up ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" pc_up "${pc_up}")
set(PC_PREFIX "\${pcfiledir}/${pc_up}")
configure_file(${PROJECT_SOURCE_DIR}/cmake/parlance.pc.in ${PROJECT_BINARY_DIR}/parlance.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/parlance.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
if(TARGET parlance-command)
    install(TARGETS parlance-command RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    install(FILES ${PROJECT_SOURCE_DIR}/docs/man/parlance.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()
