// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/csvtext.h"
#include "model/rules/importsink.h"

#include <algorithm>
#include <array>
#include <set>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

// NetBox names its columns in two ways: as its import forms do ("is_pool", "cf_site"), and in exported tables by their
// headings ("Pool", "IP Address"). Both become the first here.

/// "IP Address" -> ip_address, "NAT (Inside)" -> nat_inside, "Device/VM" -> device_vm
QString columnName(const QString &heading)
{
    QString name;
    for (const QChar c : heading.trimmed().toLower()) {
        if (c.isLetterOrNumber() || c == u'_' || c == u'-' || c == u'.')
            name += c;
        else if ((c.isSpace() || c == u'/') && !name.endsWith(u'_'))
            name += u'_';
    }
    return name;
}

/// What NetBox works out or numbers by itself; it would be wrong as soon as it was stored.
const std::set<QString> &derivedColumns()
{
    static const std::set<QString> kColumns{u"id"_s,       u"prefix_flat"_s,   u"children"_s,   u"depth"_s,
                                            u"family"_s,   u"utilization"_s,   u"created"_s,    u"last_updated"_s,
                                            u"assigned"_s, u"available_ips"_s, u"mask_length"_s};
    return kColumns;
}

/// What has no place of its own in our rows and is kept as a custom value.
const std::set<QString> &keptColumns()
{
    static const std::set<QString> kColumns{u"vrf"_s,
                                            u"tenant_group"_s,
                                            u"site"_s,
                                            u"scope"_s,
                                            u"scope_type"_s,
                                            u"scope_id"_s,
                                            u"vlan_group"_s,
                                            u"vlan_site"_s,
                                            u"vlan"_s,
                                            u"is_pool"_s,
                                            u"mark_utilized"_s,
                                            u"device"_s,
                                            u"virtual_machine"_s,
                                            u"interface"_s,
                                            u"device_vm"_s,
                                            u"fhrp_group"_s,
                                            u"is_primary"_s,
                                            u"is_oob"_s,
                                            u"nat_inside"_s,
                                            u"nat_outside"_s,
                                            u"owner"_s,
                                            u"comments"_s};
    return kColumns;
}

const std::map<QString, QString> &otherNames()
{
    static const std::map<QString, QString> kNames{
        {u"ip_address"_s, u"address"_s}, {u"pool"_s, u"is_pool"_s}, {u"marked_utilized"_s, u"mark_utilized"_s}};
    return kNames;
}

constexpr std::array kOwnColumns{u"prefix", u"address",     u"status", u"tenant",
                                 u"role",   u"description", u"tags",   u"dns_name"};

QString canonicalName(const QString &heading)
{
    const QString name = columnName(withFormula(heading));
    const auto other = otherNames().find(name);
    return other == otherNames().end() ? name : other->second;
}

bool isKnown(const QString &column)
{
    return std::ranges::any_of(kOwnColumns, [&](const char16_t *own) { return column == QStringView(own); }) ||
           derivedColumns().contains(column) || keptColumns().contains(column) ||
           (column.startsWith(u"cf_"_s) && column.size() > 3);
}

/// "Customer A" -> customer-a, as NetBox itself makes a slug of a name.
QString slugOf(const QString &name)
{
    QString slug;
    for (const QChar c : name.toLower()) {
        if (c.isLetterOrNumber() || c == u'_')
            slug += c;
        else if (!slug.isEmpty() && !slug.endsWith(u'-'))
            slug += u'-';
    }
    while (slug.endsWith(u'-'))
        slug.chop(1);
    return slug;
}

/// A dash stands for nothing in exported tables, and "Global" for no VRF.
QString valueOf(const QString &column, const QString &field)
{
    const QString text = withFormula(field).trimmed();
    const bool isNothing = text == u"—" || (column == u"vrf" && text == u"Global") ||
                           ((column.startsWith(u"is_"_s) || column == u"mark_utilized") &&
                            text.compare(u"false"_s, Qt::CaseInsensitive) == 0);
    return isNothing ? QString() : text;
}

class NetBoxReader : public ImportFormatReader
{
public:
    explicit NetBoxReader(ImportSink &sink) : m_sink(sink) {}

    void take(const CsvRecord &record) override
    {
        if (record.fields.isEmpty())
            return;
        if (m_columns.isEmpty())
            takeHeader(record);
        else if (m_isUsable && m_sink.accepts(record, m_columns))
            takeRow(record);
    }
    void end() override
    {
        if (m_columns.isEmpty())
            m_sink.refuse(1, {}, {}, u"the header line is missing"_s);
    }

private:
    void takeHeader(const CsvRecord &record);
    void takeRow(const CsvRecord &record);
    void set(ImportRow &row, const QString &column, const QString &text) const;
    void setStatus(ImportRow &row, const QString &status) const;

    ImportSink &m_sink;
    QStringList m_columns;
    bool m_isUsable = true;
};

void NetBoxReader::takeHeader(const CsvRecord &record)
{
    QStringList headings = record.fields;
    while (headings.size() > 1 && headings.back().isEmpty())
        headings.removeLast();
    for (const QString &heading : headings) {
        const QString column = canonicalName(heading);
        QString reason;
        if (!isKnown(column))
            reason = u"NetBox has no such column; a custom field is called cf_<name>"_s;
        else if (m_columns.contains(column))
            reason = u"the column is there twice"_s;
        if (!reason.isEmpty()) {
            m_isUsable = false;
            m_sink.refuse(record.line, heading.left(80), {}, reason);
        }
        m_columns += column;
    }
    if (m_isUsable && m_columns.contains(u"prefix"_s) == m_columns.contains(u"address"_s)) {
        m_isUsable = false;
        m_sink.refuse(record.line, {}, {}, u"either a column 'prefix' or a column 'address' is expected"_s);
    }
}

void NetBoxReader::takeRow(const CsvRecord &record)
{
    ImportRow row;
    row.line = record.line;
    for (qsizetype i = 0; i < m_columns.size(); ++i) {
        const QString text = valueOf(m_columns[i], record.fields[i]);
        if (!text.isEmpty() && !derivedColumns().contains(m_columns[i]))
            set(row, m_columns[i], text);
    }
    m_sink.take(std::move(row));
}

/// NetBox's status says what our roles and states say, and "active" is what most rows are.
void NetBoxReader::setStatus(ImportRow &row, const QString &status) const
{
    const bool isPrefix = m_columns.contains(u"prefix"_s);
    if (isPrefix && (status == u"container" || status == u"reserved"))
        row.role = status;
    else if (!isPrefix && status == u"reserved")
        row.status = status;
    else if (status != u"active")
        row.custom[u"status"_s] = status;
}

void NetBoxReader::set(ImportRow &row, const QString &column, const QString &text) const
{
    if (column == u"prefix") {
        // Exported tables draw the depth with dots before it.
        const auto *const begin = std::ranges::find_if(text, [](QChar c) { return c.isLetterOrNumber() || c == u':'; });
        row.prefix = text.mid(begin - text.begin());
    } else if (column == u"address") {
        row.address = text.section(u'/', 0, 0); // the mask is that of the interface
    } else if (column == u"tenant") {
        row.tenant = slugOf(text);
    } else if (column == u"status") {
        setStatus(row, text.toLower());
    } else if (column == u"description") {
        row.description = text;
    } else if (column == u"dns_name") {
        row.name = text;
    } else if (column == u"tags") {
        row.tags = QString(text).replace(u',', u';');
    } else {
        row.custom[column.startsWith(u"cf_"_s) ? column.mid(3) : column] = text;
    }
}

} // namespace

bool isNetBoxHeader(const QStringList &header)
{
    QStringList columns;
    for (const QString &heading : header) {
        const QString plain = withFormula(heading);
        if (plain == u"name" || plain == u"parent" || plain.startsWith(u"custom."_s))
            return false; // ours
        columns += canonicalName(heading);
    }
    const bool hasNumber = columns.contains(u"prefix"_s) != columns.contains(u"address"_s);
    return hasNumber && (columns.contains(u"vrf"_s) || columns.contains(u"status"_s));
}

QString netBoxColumn(const QString &customKey)
{
    return keptColumns().contains(customKey) || customKey == u"role" ? customKey : u"cf_"_s + customKey;
}

std::unique_ptr<ImportFormatReader> makeNetBoxReader(ImportSink &sink)
{
    return std::make_unique<NetBoxReader>(sink);
}

} // namespace interlock
