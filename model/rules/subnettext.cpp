// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/subnettext.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QStringList>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr qsizetype kLongestLine = 200;
constexpr qsizetype kLongestTags = 1000;

bool hasControl(const QString &text)
{
    return std::ranges::any_of(text, [](QChar c) { return c.category() == QChar::Other_Control; });
}

tl::unexpected<Error> invalid(const QString &field, const QString &why)
{
    return fail(ErrorKind::Invalid, u"%1: %2"_s.arg(field, why), {{u"field"_s, field}});
}

} // namespace

Expected<QString> checkTenant(const QString &text)
{
    static const QRegularExpression kSlug(u"^[a-z0-9][a-z0-9_-]{0,62}$"_s);
    const QString slug = text.trimmed();
    if (!slug.isEmpty() && !kSlug.match(slug).hasMatch()) {
        return invalid(
            u"tenant"_s,
            u"'%1' is no tenant: 1 to 63 of a-z 0-9 _ -, beginning with a letter or digit"_s.arg(slug.left(80)));
    }
    return slug;
}

Expected<QString> checkLine(const QString &text, const QString &field)
{
    const QString line = text.trimmed();
    if (line.size() > kLongestLine)
        return invalid(field, u"more than %1 characters"_s.arg(kLongestLine));
    if (hasControl(line))
        return invalid(field, u"a control character"_s);
    return line;
}

Expected<QString> canonicalTags(const QString &text)
{
    if (text.size() > kLongestTags)
        return invalid(u"tags"_s, u"more than %1 characters"_s.arg(kLongestTags));
    if (hasControl(text))
        return invalid(u"tags"_s, u"a control character"_s);
    QStringList tags;
    for (const QString &tag : text.split(u';')) {
        if (!tag.trimmed().isEmpty())
            tags.append(tag.trimmed());
    }
    tags.removeDuplicates();
    tags.sort();
    return tags.join(u';');
}

Expected<QString> canonicalCustom(const QString &text)
{
    static const QRegularExpression kKey(u"^[A-Za-z0-9_-]{1,64}$"_s);
    if (text.trimmed().isEmpty())
        return QString();
    const QJsonDocument document = QJsonDocument::fromJson(text.toUtf8());
    if (!document.isObject())
        return invalid(u"custom"_s, u"not a JSON object"_s);
    const QJsonObject object = document.object();
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (!kKey.match(it.key()).hasMatch())
            return invalid(u"custom"_s, u"'%1' is no key: 1 to 64 of A-Z a-z 0-9 _ -"_s.arg(it.key().left(80)));
        if (!it.value().isString())
            return invalid(u"custom"_s, u"the value of '%1' is not a text"_s.arg(it.key()));
    }
    if (object.isEmpty())
        return QString();
    // Qt keeps the keys of an object in ascending order.
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

} // namespace interlock
