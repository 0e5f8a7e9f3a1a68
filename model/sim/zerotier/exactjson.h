// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <map>
#include <utility>
#include <variant>
#include <vector>

namespace interlock {

/// A JSON value that keeps 64-bit integers exact, which QJsonValue does not: a controller says
/// `"multicastLimit":18446744073709551611`. Texts are UTF-8.
/// \source zerotier/FACTS.md 17, 19
class ExactJson
{
public:
    using Array = std::vector<ExactJson>;
    using Object = std::map<QByteArray, ExactJson>; ///< sorted by the bytes of the key, as a controller writes it
    using Value = std::variant<std::monostate, bool, quint64, qint64, double, QByteArray, Array, Object>;

    ExactJson() = default;
    ExactJson(bool value) : m_value(value) {}
    ExactJson(quint64 value) : m_value(value) {}
    ExactJson(qint64 value);
    ExactJson(int value) : ExactJson(qint64(value)) {}
    ExactJson(double value) : m_value(value) {}
    ExactJson(QByteArray value) : m_value(std::move(value)) {}
    ExactJson(const char *value) : m_value(QByteArray(value)) {}
    ExactJson(Array value) : m_value(std::move(value)) {}
    ExactJson(Object value) : m_value(std::move(value)) {}

    [[nodiscard]] bool isNull() const { return std::holds_alternative<std::monostate>(m_value); }
    [[nodiscard]] bool isNumber() const;
    [[nodiscard]] const bool *boolOrNull() const { return std::get_if<bool>(&m_value); }
    [[nodiscard]] const QByteArray *textOrNull() const { return std::get_if<QByteArray>(&m_value); }
    [[nodiscard]] const Array *arrayOrNull() const { return std::get_if<Array>(&m_value); }
    [[nodiscard]] const Object *objectOrNull() const { return std::get_if<Object>(&m_value); }
    [[nodiscard]] Array *arrayOrNull() { return std::get_if<Array>(&m_value); }
    [[nodiscard]] Object *objectOrNull() { return std::get_if<Object>(&m_value); }

    /// A number as an unsigned one: a negative one wraps, a fraction loses what is behind the point.
    /// \pre isNumber()
    [[nodiscard]] quint64 toUnsigned() const;
    /// A number below zero. \pre isNumber()
    [[nodiscard]] bool isNegative() const;

    /// The value of `key`, or null when this is no object or has no such key.
    [[nodiscard]] const ExactJson *findOrNull(const QByteArray &key) const;
    /// What is at `key`; the value becomes an object when it was none. \complexity O(log n)
    ExactJson &operator[](const QByteArray &key);

    /// "null", "boolean", "number", "string", "array", "object", as a controller calls them in its errors.
    [[nodiscard]] const char *typeName() const;
    /// Compact text, keys sorted, UTF-8 left as it is. \complexity O(size)
    [[nodiscard]] QByteArray toText() const;

    friend bool operator==(const ExactJson &, const ExactJson &) = default;

private:
    void write(QByteArray &out) const;

    Value m_value;
};

/// `text` in quotes, with the escapes that JSON needs and no others.
[[nodiscard]] QByteArray jsonQuoted(const QByteArray &text);

} // namespace interlock
