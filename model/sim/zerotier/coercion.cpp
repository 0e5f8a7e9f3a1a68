// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/coercion.h"

#include <cstdlib>

namespace interlock {

bool coercedBool(const ExactJson &value, bool otherwise)
{
    if (const bool *truth = value.boolOrNull())
        return *truth;
    if (value.isNumber())
        return value.toUnsigned() > 0;
    if (const QByteArray *text = value.textOrNull())
        return text->startsWith('t') || text->startsWith('T') || text->startsWith('1');
    return otherwise;
}

quint64 coercedUnsigned(const ExactJson &value, quint64 otherwise)
{
    if (value.isNumber())
        return value.toUnsigned();
    if (const QByteArray *text = value.textOrNull())
        return std::strtoull(text->constData(), nullptr, 10);
    if (const bool *truth = value.boolOrNull())
        return *truth ? 1 : 0;
    return otherwise;
}

QByteArray coercedText(const ExactJson &value, const QByteArray &otherwise)
{
    if (const QByteArray *text = value.textOrNull())
        return *text;
    if (value.isNumber())
        return QByteArray::number(value.toUnsigned());
    if (const bool *truth = value.boolOrNull())
        return *truth ? "1" : "0";
    return otherwise;
}

quint64 hexNumber(const QByteArray &text)
{
    return std::strtoull(text.constData(), nullptr, 16);
}

} // namespace interlock
