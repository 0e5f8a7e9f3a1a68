// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/csvtext.h"
#include "model/rules/importsink.h"
#include "model/rules/subnettext.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Record 1 the name, 2 the prefix, 3 the tenant's slug, 4 nothing, 5 the header, then addresses. \source CASES X1-X6
class OpenWispReader : public ImportFormatReader
{
public:
    explicit OpenWispReader(ImportSink &sink) : m_sink(sink) {}

    void take(const CsvRecord &record) override
    {
        ++m_records;
        if (m_records > kHead)
            takeAddress(record);
        else
            takeHead(record);
    }
    void end() override
    {
        if (m_records < kHead)
            m_sink.refuse(m_records + 1, {}, {},
                          u"name, prefix, tenant, a blank line and the header are expected before the addresses"_s);
    }

private:
    static constexpr int kHead = 5;

    void takeHead(const CsvRecord &record);
    void takeSubnet();
    void takeAddress(const CsvRecord &record);

    ImportSink &m_sink;
    ImportRow m_subnet;
    std::optional<Prefix> m_prefix;
    qint64 m_records = 0;
    bool m_isHeadRead = true;
};

void OpenWispReader::takeHead(const CsvRecord &record)
{
    static const QStringList kLines{u"name"_s, u"prefix"_s, u"tenant"_s, QString()};
    if (m_records == kHead) {
        if (!isOpenWispHeader(record.fields))
            m_sink.refuse(record.line, {}, record.fields.join(u','),
                          u"the header 'ip_address,description' is expected here"_s);
        return;
    }
    CsvRecord filled = record;
    if (filled.fields.isEmpty())
        filled.fields += QString();
    if (!m_sink.accepts(filled, {kLines[m_records - 1]})) {
        m_isHeadRead = false;
        return;
    }
    const QString field = withFormula(filled.fields.front());
    if (m_records == 1) {
        m_subnet.name = field;
    } else if (m_records == 2) {
        m_subnet.line = record.line;
        m_subnet.prefix = field;
    } else if (m_records == 3) {
        m_subnet.tenant = field;
        if (const auto tenant = checkTenant(field); !tenant)
            m_sink.refuse(record.line, u"tenant"_s, field, tenant.error().detail);
        else if (m_isHeadRead)
            takeSubnet();
    } else if (!field.isEmpty()) {
        m_sink.refuse(record.line, {}, field, u"a blank line is expected here"_s);
    }
}

void OpenWispReader::takeSubnet()
{
    if (m_subnet.prefix.isEmpty()) {
        m_sink.refuse(m_subnet.line, u"prefix"_s, {}, u"it is empty"_s);
        return;
    }
    if (const auto prefix = Prefix::parse(m_subnet.prefix))
        m_prefix = *prefix;
    m_sink.take(m_subnet);
}

void OpenWispReader::takeAddress(const CsvRecord &record)
{
    if (record.fields.isEmpty() || !m_sink.accepts(record, {u"address"_s, u"description"_s}))
        return;
    ImportRow row;
    row.line = record.line;
    row.address = withFormula(record.fields[0]);
    row.description = withFormula(record.fields[1]);
    row.tenant = m_subnet.tenant;
    const auto address = Address::parse(row.address);
    if (address && m_prefix && !m_prefix->contains(*address))
        m_sink.refuse(record.line, u"address"_s, row.address,
                      u"it does not belong to the subnet %1"_s.arg(m_prefix->toString()));
    else
        m_sink.take(std::move(row));
}

} // namespace

bool isOpenWispHeader(const QStringList &record)
{
    if (record.size() < 2 || record[0] != u"ip_address" || record[1] != u"description")
        return false;
    return std::all_of(record.begin() + 2, record.end(), [](const QString &field) { return field.isEmpty(); });
}

std::unique_ptr<ImportFormatReader> makeOpenWispReader(ImportSink &sink)
{
    return std::make_unique<OpenWispReader>(sink);
}

} // namespace interlock
