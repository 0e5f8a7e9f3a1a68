// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/importsink.h"

#include "model/rules/subnettext.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <numeric>
#include <tuple>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Refuses every row whose key an earlier line has; of each key the first line is kept.
template <typename Row, typename Number>
void refuseTwins(std::vector<Row> &rows, std::vector<qint64> &lines, Number Row::*number, const QString &column,
                 std::vector<ImportProblem> &problems)
{
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
        return std::tie(rows[a].*number, rows[a].tenant) < std::tie(rows[b].*number, rows[b].tenant);
    });
    std::vector<bool> isTwin(rows.size(), false);
    bool hasTwins = false;
    for (std::size_t i = 1; i < order.size(); ++i) {
        const Row &first = rows[order[i - 1]];
        const Row &second = rows[order[i]];
        if (first.*number != second.*number || first.tenant != second.tenant)
            continue;
        hasTwins = isTwin[order[i]] = true;
        problems.push_back(
            {lines[order[i]], column, (second.*number).toString(), u"line %1 has it too"_s.arg(lines[order[i - 1]])});
    }
    if (!hasTwins)
        return;
    std::size_t at = 0;
    std::erase_if(rows, [&](const Row &) { return isTwin[at++]; });
    at = 0;
    std::erase_if(lines, [&](qint64) { return isTwin[at++]; });
}

/// Descriptions may have several lines. \returns Invalid
Expected<QString> checkDescription(const QString &text)
{
    constexpr qsizetype kLongest = 4000;
    if (text.size() > kLongest)
        return fail(ErrorKind::Invalid, u"description: more than %1 characters"_s.arg(kLongest));
    return text.trimmed();
}

/// Custom values in their stored form. \returns Invalid
Expected<QString> customText(const std::map<QString, QString> &custom)
{
    if (custom.empty())
        return QString();
    QJsonObject object;
    for (const auto &[key, value] : custom)
        object.insert(key, value);
    return canonicalCustom(QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)));
}

} // namespace

template <typename T>
std::optional<T> ImportSink::checked(const ImportRow &row, const char16_t *column, const QString &text,
                                     Expected<T> value)
{
    if (value)
        return *std::move(value);
    refuse(row.line, QString::fromUtf16(column), text, value.error().detail, value.error().kind);
    return std::nullopt;
}

void ImportSink::take(ImportRow row)
{
    if (row.prefix.isEmpty() && row.address.isEmpty())
        refuse(row.line, {}, {}, u"it has neither a prefix nor an address"_s);
    else if (!row.prefix.isEmpty() && !row.address.isEmpty())
        refuse(row.line, u"address"_s, row.address, u"a row is a prefix or an address, not both"_s);
    else if (row.address.isEmpty())
        takeSubnet(std::move(row));
    else
        takeAddress(row);
}

/// What subnets and addresses have in common. All of it is looked at, so that one reading tells every reason.
template <typename Row>
bool ImportSink::describe(const ImportRow &from, Row &row)
{
    const auto tenant = checked(from, u"tenant", from.tenant, checkTenant(from.tenant));
    const auto description = checked(from, u"description", from.description, checkDescription(from.description));
    const auto tags = checked(from, u"tags", from.tags, canonicalTags(from.tags));
    const auto custom = checked(from, u"custom", {}, customText(from.custom));
    row.tenant = tenant.value_or(QString());
    row.description = description.value_or(QString());
    row.tags = tags.value_or(QString());
    row.custom = custom.value_or(QString());
    return tenant && description && tags && custom;
}

void ImportSink::takeSubnet(ImportRow from)
{
    SubnetRow row;
    if (!from.status.isEmpty())
        from.custom.emplace(u"status"_s, from.status);
    const auto prefix = checked(from, u"prefix", from.prefix, Prefix::parse(from.prefix));
    const auto name = checked(from, u"name", from.name, checkLine(from.name, u"name"_s));
    const auto role = from.role.isEmpty() ? std::optional(SubnetRole::None)
                                          : checked(from, u"role", from.role, parseEnum<SubnetRole>(from.role));
    const bool isDescribed = describe(from, row);
    if (!prefix || !isInside(from, *prefix) || !name || !role || !isDescribed)
        return;
    row.prefix = *prefix;
    row.name = *name;
    row.role = *role;
    m_file.subnets.push_back(std::move(row));
    m_file.subnetLines.push_back(from.line);
}

void ImportSink::takeAddress(const ImportRow &from)
{
    AddressRow row;
    const auto address = checked(from, u"address", from.address, Address::parse(from.address));
    const auto holder = checked(from, u"name", from.name, checkLine(from.name, u"name"_s));
    const auto state = from.status.isEmpty()
                           ? std::optional(AddressState::Used)
                           : checked(from, u"status", from.status, parseEnum<AddressState>(from.status));
    const auto until = from.until.isEmpty() ? std::optional(Timestamp())
                                            : checked(from, u"until", from.until, Timestamp::parse(from.until));
    if (!from.role.isEmpty())
        refuse(from.line, u"role"_s, from.role, u"an address has no role"_s);
    const bool isDescribed = describe(from, row);
    if (!address || !isInside(from, Prefix(*address, address->width())) || !holder || !state || !until ||
        !from.role.isEmpty() || !isDescribed)
        return;
    row.address = *address;
    row.holder = *holder;
    row.state = *state;
    row.until = *until;
    m_file.addresses.push_back(std::move(row));
    m_file.addressLines.push_back(from.line);
}

bool ImportSink::isInside(const ImportRow &row, const Prefix &place)
{
    if (row.parent.isEmpty())
        return true;
    const auto parent = checked(row, u"parent", row.parent, Prefix::parse(row.parent));
    if (parent && !parent->contains(place))
        refuse(row.line, u"parent"_s, row.parent, u"%1 does not lie in it"_s.arg(place.toString()));
    return parent && parent->contains(place);
}

void ImportSink::refuse(qint64 line, const QString &column, QStringView text, const QString &reason, ErrorKind kind)
{
    m_file.problems.push_back({line, column, text.left(80).toString(), reason, kind});
}

bool ImportSink::accepts(const CsvRecord &record, const QStringList &header)
{
    if (record.undecodable >= 0) {
        refuse(record.line, header.value(record.undecodable), {}, u"the text is not UTF-8"_s);
        return false;
    }
    if (record.fields.size() < header.size()) {
        refuse(record.line, {}, {},
               u"it has %1 of %2 fields"_s.arg(QString::number(record.fields.size()), QString::number(header.size())));
        return false;
    }
    // A comma at the end of the line is what spreadsheets leave of an empty column.
    for (qsizetype i = header.size(); i < record.fields.size(); ++i) {
        if (!record.fields[i].isEmpty()) {
            refuse(record.line, {}, record.fields[i], u"this field has no column"_s);
            return false;
        }
    }
    return true;
}

ImportFile ImportSink::finish()
{
    refuseTwins(m_file.subnets, m_file.subnetLines, &SubnetRow::prefix, u"prefix"_s, m_file.problems);
    refuseTwins(m_file.addresses, m_file.addressLines, &AddressRow::address, u"address"_s, m_file.problems);
    std::ranges::stable_sort(m_file.problems, {}, &ImportProblem::line);
    return std::exchange(m_file, {});
}

} // namespace interlock
