// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/csvtext.h"
#include "model/rules/importsink.h"

#include <functional>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

using Setter = std::function<void(ImportRow &, const QString &)>;

/// What a column of that name means, or nothing.
Setter setterOf(const QString &column)
{
    static const std::map<QString, Setter> kColumns{
        {u"prefix"_s, [](ImportRow &row, const QString &text) { row.prefix = text; }},
        {u"address"_s, [](ImportRow &row, const QString &text) { row.address = text; }},
        {u"parent"_s, [](ImportRow &row, const QString &text) { row.parent = text; }},
        {u"name"_s, [](ImportRow &row, const QString &text) { row.name = text; }},
        {u"tenant"_s, [](ImportRow &row, const QString &text) { row.tenant = text; }},
        {u"role"_s, [](ImportRow &row, const QString &text) { row.role = text; }},
        {u"description"_s, [](ImportRow &row, const QString &text) { row.description = text; }},
        {u"status"_s, [](ImportRow &row, const QString &text) { row.status = text; }},
        {u"until"_s, [](ImportRow &row, const QString &text) { row.until = text; }},
        {u"tags"_s, [](ImportRow &row, const QString &text) { row.tags = text; }},
    };
    if (const auto known = kColumns.find(column); known != kColumns.end())
        return known->second;
    const QString custom = u"custom."_s;
    if (!column.startsWith(custom) || column.size() == custom.size())
        return {};
    return [key = column.mid(custom.size())](ImportRow &row, const QString &text) {
        if (!text.isEmpty())
            row.custom[key] = text;
    };
}

class OwnCsvReader : public ImportFormatReader
{
public:
    explicit OwnCsvReader(ImportSink &sink) : m_sink(sink) {}

    void take(const CsvRecord &record) override
    {
        if (record.fields.isEmpty())
            return;
        if (m_header.isEmpty())
            takeHeader(record);
        else if (m_isUsable && m_sink.accepts(record, m_header))
            takeRow(record);
    }
    void end() override
    {
        if (m_header.isEmpty())
            m_sink.refuse(1, {}, {}, u"the header line is missing"_s);
    }

private:
    void takeHeader(const CsvRecord &record);
    void takeRow(const CsvRecord &record);

    ImportSink &m_sink;
    QStringList m_header;
    std::vector<Setter> m_setters;
    bool m_isUsable = true;
};

void OwnCsvReader::takeHeader(const CsvRecord &record)
{
    m_header = record.fields;
    while (m_header.size() > 1 && m_header.back().isEmpty())
        m_header.removeLast();
    const auto refuse = [&](const QString &column, const QString &reason) {
        m_isUsable = false;
        m_sink.refuse(record.line, column.left(80), {}, reason);
    };
    if (record.undecodable >= 0)
        refuse({}, u"the text is not UTF-8"_s);
    else if (m_header.size() == 1 && m_header.front().contains(u';'))
        refuse({}, u"the columns are separated by semicolons; commas are expected"_s);
    for (qsizetype i = 0; i < m_header.size() && m_isUsable; ++i) {
        m_header[i] = withFormula(m_header[i]);
        m_setters.push_back(setterOf(m_header[i]));
        if (!m_setters.back())
            m_sink.refuse(record.line, m_header[i].left(80), {}, u"there is no such column"_s);
        else if (m_header.indexOf(m_header[i]) < i)
            m_sink.refuse(record.line, m_header[i].left(80), {}, u"the column is there twice"_s);
    }
    // One unknown column must not hide the others, and says nothing about the rows.
    for (const Setter &setter : m_setters)
        m_isUsable = m_isUsable && setter;
    if (m_isUsable && !m_header.contains(u"prefix"_s) && !m_header.contains(u"address"_s))
        refuse({}, u"there is neither a column 'prefix' nor a column 'address'"_s);
}

void OwnCsvReader::takeRow(const CsvRecord &record)
{
    ImportRow row;
    row.line = record.line;
    for (std::size_t i = 0; i < m_setters.size(); ++i)
        m_setters[i](row, withFormula(record.fields[static_cast<qsizetype>(i)]));
    m_sink.take(std::move(row));
}

} // namespace

std::unique_ptr<ImportFormatReader> makeOwnCsvReader(ImportSink &sink)
{
    return std::make_unique<OwnCsvReader>(sink);
}

} // namespace interlock
