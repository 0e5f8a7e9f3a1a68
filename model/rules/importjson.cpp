// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/importjson.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <functional>
#include <map>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr qsizetype kLargestRow = 1024 * 1024;
constexpr qsizetype kLargestFrame = 64 * 1024 * 1024;
constexpr int kRowDepth = 2; ///< a row stands in an array, which stands in the document

bool isJsonBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Puts `value` into `row`. \returns what is wrong with it, or nothing
QString set(ImportRow &row, const QString &key, const QJsonValue &value)
{
    static const std::map<QString, std::function<QString &(ImportRow &)>> kTexts{
        {u"prefix"_s, [](ImportRow &r) -> QString & { return r.prefix; }},
        {u"address"_s, [](ImportRow &r) -> QString & { return r.address; }},
        {u"parent"_s, [](ImportRow &r) -> QString & { return r.parent; }},
        {u"name"_s, [](ImportRow &r) -> QString & { return r.name; }},
        {u"tenant"_s, [](ImportRow &r) -> QString & { return r.tenant; }},
        {u"role"_s, [](ImportRow &r) -> QString & { return r.role; }},
        {u"description"_s, [](ImportRow &r) -> QString & { return r.description; }},
        {u"until"_s, [](ImportRow &r) -> QString & { return r.until; }},
        {u"status"_s, [](ImportRow &r) -> QString & { return r.status; }},
    };
    if (const auto text = kTexts.find(key); text != kTexts.end()) {
        text->second(row) = value.toString();
        return value.isString() ? QString() : u"a string is expected"_s;
    }
    if (key == u"tags") {
        QStringList tags;
        for (const QJsonValue tag : value.toArray()) {
            if (!tag.isString() || tag.toString().contains(u';'))
                return u"a list of strings without ';' is expected"_s;
            tags += tag.toString();
        }
        row.tags = tags.join(u';');
        return value.isArray() ? QString() : u"a list of strings is expected"_s;
    }
    if (key != u"custom")
        return u"there is no such key"_s;
    const QJsonObject custom = value.toObject();
    for (auto it = custom.begin(); it != custom.end(); ++it) {
        if (!it.value().isString())
            return u"an object of strings is expected"_s;
        row.custom[it.key()] = it.value().toString();
    }
    return value.isObject() ? QString() : u"an object of strings is expected"_s;
}

} // namespace

bool ImportJsonReader::feed(QByteArrayView bytes)
{
    for (const char c : bytes) {
        if (!m_isUsable)
            break;
        step(c);
        if (c == '\n')
            ++m_line;
    }
    return m_isUsable;
}

void ImportJsonReader::step(char c)
{
    if (m_row.size() > kLargestRow || m_frame.size() > kLargestFrame) {
        m_isUsable = false;
        m_sink.refuse(m_isInRow ? m_rowLine : m_line, {}, {}, u"the row has more than 1 MiB"_s);
        return;
    }
    if (m_isInRow)
        m_row += c;
    else if (m_isInString || !isJsonBlank(c))
        m_frame += c;
    if (m_isEscaped) {
        m_isEscaped = false;
    } else if (m_isInString) {
        m_isEscaped = c == '\\';
        m_isInString = c != '"';
    } else {
        stepOutside(c);
    }
}

/// Outside of strings, braces and brackets are what they look like.
void ImportJsonReader::stepOutside(char c)
{
    if (c == '"') {
        m_isInString = true;
    } else if (c == '{' || c == '[') {
        open(c);
    } else if (c == '}' || c == ']') {
        close();
    }
}

void ImportJsonReader::open(char c)
{
    if (c == '{' && m_depth == kRowDepth && !m_isInRow) {
        m_isInRow = true;
        m_rowLine = m_line;
        m_row = "{";
        ++m_rows;
    }
    ++m_depth;
}

void ImportJsonReader::close()
{
    --m_depth;
    if (!m_isInRow || m_depth != kRowDepth)
        return;
    takeRow();
    m_frame += '}';
    m_isInRow = false;
    m_row.clear();
}

void ImportJsonReader::takeRow()
{
    QJsonParseError error;
    const QJsonObject object = QJsonDocument::fromJson(m_row, &error).object();
    if (error.error != QJsonParseError::NoError) {
        m_sink.refuse(m_rowLine, {}, {}, u"it is not JSON: "_s + error.errorString());
        return;
    }
    ImportRow row;
    row.line = m_rowLine;
    bool isWhole = true;
    for (auto it = object.begin(); it != object.end(); ++it) {
        const QString reason = set(row, it.key(), it.value());
        if (reason.isEmpty())
            continue;
        isWhole = false;
        m_sink.refuse(m_rowLine, it.key(), {}, reason);
    }
    if (isWhole)
        m_sink.take(std::move(row));
}

void ImportJsonReader::end()
{
    if (!m_isUsable)
        return;
    QJsonParseError error;
    const QJsonObject document = QJsonDocument::fromJson(m_frame, &error).object();
    if (error.error != QJsonParseError::NoError) {
        m_sink.refuse(m_isInRow ? m_rowLine : m_line, {}, {}, u"the document is not whole: "_s + error.errorString());
        return;
    }
    qint64 placed = 0;
    for (auto it = document.begin(); it != document.end(); ++it) {
        if (it.key() != u"subnets" && it.key() != u"addresses")
            m_sink.refuse(1, it.key().left(80), {}, u"there is no such key"_s);
        placed += it.value().toArray().size();
    }
    if (placed != m_rows)
        m_sink.refuse(1, {}, {}, u"a list holds something that is no row, or a key is there twice"_s);
    if (!document.contains(u"subnets") && !document.contains(u"addresses"))
        m_sink.refuse(1, {}, {}, u"there is neither a key 'subnets' nor a key 'addresses'"_s);
}

} // namespace interlock
