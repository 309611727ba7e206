# LMDB, as Debian ships it: a header and a library, and an lmdb.pc that CMake does not know. Target: lmdb::lmdb
find_path(lmdb_INCLUDE_DIR lmdb.h)
find_library(lmdb_LIBRARY lmdb)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(lmdb REQUIRED_VARS lmdb_LIBRARY lmdb_INCLUDE_DIR)
if(lmdb_FOUND AND NOT TARGET lmdb::lmdb)
    add_library(lmdb::lmdb UNKNOWN IMPORTED)
    set_target_properties(lmdb::lmdb PROPERTIES IMPORTED_LOCATION "${lmdb_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${lmdb_INCLUDE_DIR}")
endif()
