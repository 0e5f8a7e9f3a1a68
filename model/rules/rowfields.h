// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace interlock {

/// What a field means for the row's identity and for undo.
enum class FieldUse {
    Key,  ///< part of the row's identity
    Data, ///< compared by undo
    Meta, ///< versions and times: kept, but ignored when images are compared (SEMANTICS.md 5)
};

template <typename Row, typename T>
struct Field
{
    const char16_t *json; ///< key in JSON images
    const char16_t *sql;  ///< column and placeholder name
    T Row::*member;
    FieldUse use;
};

template <typename Row, typename T>
constexpr auto keyField(const char16_t *json, const char16_t *sql, T Row::*member)
{
    return Field<Row, T>{json, sql, member, FieldUse::Key};
}
template <typename Row, typename T>
constexpr auto dataField(const char16_t *json, const char16_t *sql, T Row::*member)
{
    return Field<Row, T>{json, sql, member, FieldUse::Data};
}
template <typename Row, typename T>
constexpr auto metaField(const char16_t *json, const char16_t *sql, T Row::*member)
{
    return Field<Row, T>{json, sql, member, FieldUse::Meta};
}

} // namespace interlock
