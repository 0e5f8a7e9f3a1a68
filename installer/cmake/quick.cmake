# SPDX-License-Identifier: GPL-3.0-or-later
# What INTERLOCK_QUICK does: headers that nearly every source needs are compiled once for many targets, and the sources of
# a target in batches, so that what they instantiate is compiled once for many of them. The dev build and clang-tidy go
# without both, and so notice an include that is missing. One batch of a layer must fit beside another in 4 GB.

if(INTERLOCK_QUICK)
    set(CMAKE_UNITY_BUILD ON)
    set(CMAKE_UNITY_BUILD_BATCH_SIZE 12)
    # Says that a type is used outside of the file that it is private to, when the "file" is a batch.
    target_compile_options(interlock_flags INTERFACE -Wno-subobject-linkage)
endif()

# interlock_precompiled(SET HEADERS <header>... LINK target...): a set of headers, compiled as the targets of this folder are.
function(interlock_precompiled SET)
    cmake_parse_arguments(ARG "" "" "HEADERS;LINK" ${ARGN})
    if(NOT INTERLOCK_QUICK)
        return()
    endif()
    set(source ${CMAKE_CURRENT_BINARY_DIR}/precompiled_${SET}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "// what the headers are compiled with\n")
    add_library(interlock_pch_${SET} STATIC ${source})
    set_target_properties(interlock_pch_${SET} PROPERTIES AUTOMOC OFF AUTORCC OFF)
    target_link_libraries(interlock_pch_${SET} PUBLIC interlock_flags ${ARG_LINK})
    target_precompile_headers(interlock_pch_${SET} PRIVATE
        <QByteArray> <QDateTime> <QFuture> <QFutureWatcher> <QHash> <QJsonArray> <QJsonDocument> <QJsonObject> <QObject>
        <QPromise> <QString> <QStringList> <QTimer> <algorithm> <chrono> <functional> <map> <memory> <optional> <set>
        <span> <string> <tl/expected.hpp> <unordered_map> <variant> <vector> ${ARG_HEADERS})
endfunction()

# interlock_precompile(TARGET SET): TARGET's sources see that set first.
function(interlock_precompile TARGET SET)
    if(INTERLOCK_QUICK)
        target_precompile_headers(${TARGET} REUSE_FROM interlock_pch_${SET})
    endif()
endfunction()
