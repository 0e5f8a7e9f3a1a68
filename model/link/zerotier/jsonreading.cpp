// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/jsonreading.h"

#include <cmath>
#include <limits>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// Puts integers that do not fit in 63 bits in quotes.
QByteArray withLargeIntegersAsText(const QByteArray &body)
{
    constexpr qsizetype kAlwaysFits = 18; // digits
    QByteArray changed;
    qsizetype copied = 0;
    bool isInText = false;
    for (qsizetype at = 0; at < body.size(); ++at) {
        const char c = body[at];
        if (isInText) {
            if (c == '\\')
                ++at;
            else if (c == '"')
                isInText = false;
            continue;
        }
        if (c == '"') {
            isInText = true;
        } else if (isDigit(c) || c == '-') {
            qsizetype end = at + 1;
            while (end < body.size() && isDigit(body[end]))
                ++end;
            const bool isInteger = end == body.size() || (body[end] != '.' && body[end] != 'e' && body[end] != 'E');
            if (isInteger && end - at > kAlwaysFits) {
                bool isFitting = false;
                (void)QByteArrayView(body).sliced(at, end - at).toLongLong(&isFitting);
                if (!isFitting) {
                    changed += body.mid(copied, at - copied) + '"' + body.mid(at, end - at) + '"';
                    copied = end;
                }
            } else if (!isInteger) {
                // The fraction and the exponent belong to it.
                while (end < body.size() && (isDigit(body[end]) || QByteArrayView(".eE+-").contains(body[end])))
                    ++end;
            }
            at = end - 1;
        }
    }
    return copied == 0 ? body : changed + body.mid(copied);
}

} // namespace

Expected<QJsonDocument> readControllerJson(const QByteArray &body)
{
    QJsonParseError problem;
    const auto document = QJsonDocument::fromJson(withLargeIntegersAsText(body), &problem);
    if (problem.error != QJsonParseError::NoError)
        return fail(
            ErrorKind::BackendMismatch,
            u"the answer is not what a ZeroTier controller says: it is no JSON (%1)"_s.arg(problem.errorString()));
    return document;
}

Expected<QJsonObject> readControllerObject(const QByteArray &body)
{
    const auto document = readControllerJson(body);
    if (!document)
        return fail(document.error());
    if (!document->isObject())
        return fail(ErrorKind::BackendMismatch,
                    u"the answer is not what a ZeroTier controller says: a list came in place of an object"_s);
    return document->object();
}

std::optional<qint64> integerIn(const QJsonValue &value)
{
    if (value.isString()) {
        bool isFitting = false;
        const qint64 number = value.toString().toLongLong(&isFitting);
        return isFitting ? std::optional(number) : std::nullopt;
    }
    if (!value.isDouble())
        return std::nullopt;
    constexpr qint64 kNone = std::numeric_limits<qint64>::min();
    const qint64 number = value.toInteger(kNone); // kNone when it is a fraction or does not fit
    return number != kNone ? std::optional(number) : std::nullopt;
}

std::optional<quint64> unsignedIn(const QJsonValue &value)
{
    if (value.isString()) {
        bool isFitting = false;
        const quint64 number = value.toString().toULongLong(&isFitting);
        return isFitting ? std::optional(number) : std::nullopt;
    }
    const auto number = integerIn(value);
    return number && *number >= 0 ? std::optional(static_cast<quint64>(*number)) : std::nullopt;
}

QJsonValue jsonOf(quint64 number)
{
    if (number > static_cast<quint64>(std::numeric_limits<qint64>::max()))
        return QString::number(number);
    return static_cast<qint64>(number);
}

QByteArray compactJson(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

} // namespace interlock
