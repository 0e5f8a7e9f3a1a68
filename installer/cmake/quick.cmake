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

# interlock_test_batches(PROGRAM source...): one program of many tests, `PROGRAM tst_<type> [option...]`. Each source is
# compiled in a namespace of its own name, several in one go: what they are made from is instantiated once, and none sees
# another's names. Their main() is what the program calls.
function(interlock_test_batches PROGRAM)
    set(size 10)
    set(batches "")
    set(calls "")
    set(declarations "")
    set(number 0)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARGN}) # for their #includes, which come first
    set(sources ${ARGN})
    list(LENGTH sources count)
    math(EXPR last "${count} - 1")
    foreach(begin RANGE 0 ${last} ${size})
        list(SUBLIST sources ${begin} ${size} some)
        set(includes "")
        set(bodies "")
        set(mocs "")
        foreach(source IN LISTS some)
            get_filename_component(name ${source} NAME_WE)
            file(STRINGS ${source} lines REGEX "^#include ")
            list(FILTER lines EXCLUDE REGEX "\\.moc\"")
            list(APPEND includes ${lines})
            string(APPEND bodies "namespace ${name} {\n#include \"${source}\"\n}\n")
            string(APPEND declarations "namespace ${name} {\nint main(int, char **);\n}\n")
            string(APPEND calls "    {\"${name}\", ${name}::main},\n")
            set(moc ${CMAKE_CURRENT_BINARY_DIR}/${PROGRAM}_moc/${name}.moc)
            qt_generate_moc(${source} ${moc})
            list(APPEND mocs ${moc})
        endforeach()
        list(REMOVE_DUPLICATES includes)
        list(JOIN includes "\n" includes)
        set(batch ${CMAKE_CURRENT_BINARY_DIR}/${PROGRAM}_${number}.cpp)
        file(CONFIGURE OUTPUT ${batch} CONTENT "${includes}\n${bodies}" @ONLY)
        set_source_files_properties(${batch} PROPERTIES OBJECT_DEPENDS "${mocs}")
        list(APPEND batches ${batch})
        math(EXPR number "${number} + 1")
    endforeach()
    set(main ${CMAKE_CURRENT_BINARY_DIR}/${PROGRAM}_main.cpp)
    file(CONFIGURE OUTPUT ${main} CONTENT "#include <cstdio>
#include <cstring>
${declarations}
struct Test
{
    const char *name;
    int (*main)(int, char **);
};
static const Test kTests[] = {
${calls}};
int main(int argc, char **argv)
{
    for (const Test &test : kTests) {
        if (argc > 1 && std::strcmp(test.name, argv[1]) == 0)
            return test.main(argc - 1, argv + 1);
        if (argc < 2)
            std::puts(test.name);
    }
    return 2;
}
" @ONLY)
    add_executable(${PROGRAM} ${batches} ${main})
    set_target_properties(${PROGRAM} PROPERTIES AUTOMOC OFF UNITY_BUILD OFF)
    target_include_directories(${PROGRAM} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/${PROGRAM}_moc)
    target_compile_options(${PROGRAM} PRIVATE -Wno-subobject-linkage)
endfunction()
