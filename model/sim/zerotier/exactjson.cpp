// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/exactjson.h"

#include <QLocale>

#include <cmath>

namespace interlock {

namespace {

QByteArray numberText(double value)
{
    if (!std::isfinite(value))
        return "null";
    const double size = std::fabs(value);
    if (size != 0 && (size < 1e-4 || size >= 1e15))
        return QByteArray::number(value, 'e', QLocale::FloatingPointShortest);
    const QByteArray text = QByteArray::number(value, 'f', QLocale::FloatingPointShortest);
    return text.contains('.') ? text : text + ".0";
}

} // namespace

QByteArray jsonQuoted(const QByteArray &text)
{
    QByteArray out;
    out.reserve(text.size() + 2);
    out += '"';
    qsizetype plain = 0; // from here on nothing needs an escape
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if ((c < 0 || c >= 0x20) && c != '"' && c != '\\')
            continue;
        out.append(text.constData() + plain, i - plain);
        plain = i + 1;
        switch (c) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\b':
            out += "\\b";
            break;
        case '\f':
            out += "\\f";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        default:
            out += "\\u" + QByteArray::number(int(c), 16).rightJustified(4, '0');
        }
    }
    out.append(text.constData() + plain, text.size() - plain);
    out += '"';
    return out;
}

ExactJson::ExactJson(qint64 value)
{
    // One spelling for one number, so that values compare.
    if (value < 0)
        m_value = value;
    else
        m_value = static_cast<quint64>(value);
}

bool ExactJson::isNumber() const
{
    return std::holds_alternative<quint64>(m_value) || std::holds_alternative<qint64>(m_value) ||
           std::holds_alternative<double>(m_value);
}

quint64 ExactJson::toUnsigned() const
{
    if (const auto *value = std::get_if<quint64>(&m_value))
        return *value;
    if (const auto *value = std::get_if<qint64>(&m_value))
        return static_cast<quint64>(*value);
    const double value = std::get<double>(m_value);
    if (std::isnan(value))
        return 0;
    if (value < 0)
        return value <= -0x1p63 ? quint64(1) << 63 : static_cast<quint64>(static_cast<qint64>(value));
    return value >= 0x1p64 ? ~quint64(0) : static_cast<quint64>(value);
}

bool ExactJson::isNegative() const
{
    if (const auto *value = std::get_if<qint64>(&m_value))
        return *value < 0;
    const auto *value = std::get_if<double>(&m_value);
    return value && *value < 0;
}

const ExactJson *ExactJson::findOrNull(const QByteArray &key) const
{
    const Object *object = objectOrNull();
    if (!object)
        return nullptr;
    const auto found = object->find(key);
    return found == object->end() ? nullptr : &found->second;
}

ExactJson &ExactJson::operator[](const QByteArray &key)
{
    if (!objectOrNull())
        m_value = Object();
    return std::get<Object>(m_value)[key];
}

const char *ExactJson::typeName() const
{
    if (isNumber())
        return "number";
    if (textOrNull())
        return "string";
    if (arrayOrNull())
        return "array";
    if (objectOrNull())
        return "object";
    return boolOrNull() ? "boolean" : "null";
}

QByteArray ExactJson::toText() const
{
    QByteArray out;
    write(out);
    return out;
}

void ExactJson::write(QByteArray &out) const
{
    if (isNull()) {
        out += "null";
    } else if (const bool *truth = boolOrNull()) {
        out += *truth ? "true" : "false";
    } else if (const auto *unsignedNumber = std::get_if<quint64>(&m_value)) {
        out += QByteArray::number(*unsignedNumber);
    } else if (const auto *signedNumber = std::get_if<qint64>(&m_value)) {
        out += QByteArray::number(*signedNumber);
    } else if (const auto *fraction = std::get_if<double>(&m_value)) {
        out += numberText(*fraction);
    } else if (const QByteArray *text = textOrNull()) {
        out += jsonQuoted(*text);
    } else if (const Array *array = arrayOrNull()) {
        out += '[';
        for (const ExactJson &element : *array) {
            if (&element != array->data())
                out += ',';
            element.write(out);
        }
        out += ']';
    } else {
        out += '{';
        bool isFirst = true;
        for (const auto &[key, value] : *objectOrNull()) {
            if (!std::exchange(isFirst, false))
                out += ',';
            out += jsonQuoted(key) + ':';
            value.write(out);
        }
        out += '}';
    }
}

} // namespace interlock
