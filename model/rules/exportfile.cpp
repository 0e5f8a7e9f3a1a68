// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/exportfile.h"

#include "model/rules/csvtext.h"
#include "model/rules/exportplaces.h"
#include "model/rules/importsink.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <set>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Collects records into pieces.
class Pieces
{
public:
    explicit Pieces(const TakeBytes &take) : m_take(take) { m_piece.reserve(kSize + kSize / 4); }

    /// \returns false when nothing more is wanted
    bool addRecord(QStringList fields)
    {
        for (QString &field : fields)
            field = withoutFormula(field);
        appendCsvRecord(m_piece, fields);
        return flush(kSize);
    }
    bool add(const QByteArray &bytes)
    {
        m_piece += bytes;
        return flush(kSize);
    }
    bool end() { return flush(1); }

private:
    static constexpr qsizetype kSize = 64 * 1024;

    bool flush(qsizetype fewest)
    {
        if (m_piece.size() < fewest)
            return true;
        const bool goesOn = m_take(m_piece);
        m_piece.resize(0); // keeps its memory
        return goesOn;
    }

    const TakeBytes &m_take;
    QByteArray m_piece;
};

QJsonObject customOf(const QString &custom)
{
    return custom.isEmpty() ? QJsonObject() : QJsonDocument::fromJson(custom.toUtf8()).object();
}

/// Every custom key of the rows, ascending.
std::set<QString> customKeys(const std::vector<const QString *> &customs)
{
    std::set<QString> keys;
    for (const QString *custom : customs) {
        if (!custom->isEmpty()) {
            for (const QString &key : customOf(*custom).keys())
                keys.insert(key);
        }
    }
    return keys;
}

template <typename Row>
void addCustoms(std::vector<const QString *> &customs, const std::vector<Row> &rows)
{
    for (const Row &row : rows)
        customs.push_back(&row.custom);
}

QStringList valuesOf(const QString &custom, const std::set<QString> &keys)
{
    QStringList values;
    const QJsonObject object = customOf(custom);
    for (const QString &key : keys)
        values += object.value(key).toString();
    return values;
}

QString untilText(const AddressRow &row)
{
    return row.until == Timestamp() ? QString() : row.until.toString();
}

QString roleText(SubnetRole role)
{
    return role == SubnetRole::None ? QString() : enumText(role);
}

QString textOf(const std::optional<Prefix> &prefix)
{
    return prefix ? prefix->toString() : QString();
}

void insertIfAny(QJsonObject &object, const QString &key, const QString &value)
{
    if (!value.isEmpty())
        object.insert(key, value);
}

template <typename Row>
void insertText(QJsonObject &object, const Row &row)
{
    insertIfAny(object, u"tenant"_s, row.tenant);
    insertIfAny(object, u"description"_s, row.description);
    if (!row.tags.isEmpty())
        object.insert(u"tags"_s, QJsonArray::fromStringList(row.tags.split(u';')));
    if (!row.custom.isEmpty())
        object.insert(u"custom"_s, customOf(row.custom));
}

QByteArray jsonOf(const SubnetRow &row, const std::optional<Prefix> &parent)
{
    QJsonObject object{{u"prefix"_s, row.prefix.toString()}};
    insertIfAny(object, u"parent"_s, textOf(parent));
    insertIfAny(object, u"name"_s, row.name);
    insertIfAny(object, u"role"_s, roleText(row.role));
    insertText(object, row);
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

QByteArray jsonOf(const AddressRow &row, const std::optional<Prefix> &parent)
{
    QJsonObject object{{u"address"_s, row.address.toString()}, {u"status"_s, enumText(row.state)}};
    insertIfAny(object, u"parent"_s, textOf(parent));
    insertIfAny(object, u"name"_s, row.holder);
    insertIfAny(object, u"until"_s, untilText(row));
    insertText(object, row);
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

template <typename Row>
bool addList(Pieces &pieces, const std::vector<Row> &rows, const std::vector<std::optional<Prefix>> &places)
{
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!pieces.add((i == 0 ? "\n" : ",\n") + jsonOf(rows[i], places[i])))
            return false;
    }
    return true;
}

} // namespace

bool exportCsv(const ExportRows &rows, const TakeBytes &take)
{
    std::vector<const QString *> customs;
    addCustoms(customs, rows.subnets);
    addCustoms(customs, rows.addresses);
    const std::set<QString> keys = customKeys(customs);
    Pieces pieces(take);
    QStringList header{u"prefix"_s, u"address"_s, u"parent"_s,      u"tenant"_s, u"name"_s,
                       u"role"_s,   u"status"_s,  u"description"_s, u"tags"_s,   u"until"_s};
    for (const QString &key : keys)
        header += u"custom."_s + key;
    if (!pieces.addRecord(header))
        return false;
    const auto parents = parentsAmong(rows.subnets);
    for (std::size_t i = 0; i < rows.subnets.size(); ++i) {
        const SubnetRow &row = rows.subnets[i];
        const QStringList fields{row.prefix.toString(), {}, textOf(parents[i]), row.tenant, row.name,
                                 roleText(row.role),    {}, row.description,    row.tags,   {}};
        if (!pieces.addRecord(fields + valuesOf(row.custom, keys)))
            return false;
    }
    const auto places = placesAmong(rows.addresses, rows.subnets);
    for (std::size_t i = 0; i < rows.addresses.size(); ++i) {
        const AddressRow &row = rows.addresses[i];
        const QStringList fields{{}, row.address.toString(), textOf(places[i]), row.tenant, row.holder,
                                 {}, enumText(row.state),    row.description,   row.tags,   untilText(row)};
        if (!pieces.addRecord(fields + valuesOf(row.custom, keys)))
            return false;
    }
    return pieces.end();
}

bool exportJson(const ExportRows &rows, const TakeBytes &take)
{
    Pieces pieces(take);
    return pieces.add("{\"subnets\": [") && addList(pieces, rows.subnets, parentsAmong(rows.subnets)) &&
           pieces.add("\n],\n\"addresses\": [") &&
           addList(pieces, rows.addresses, placesAmong(rows.addresses, rows.subnets)) && pieces.add("\n]}\n") &&
           pieces.end();
}

bool exportNetBoxPrefixes(const ExportRows &rows, const TakeBytes &take)
{
    std::vector<const QString *> customs;
    addCustoms(customs, rows.subnets);
    std::set<QString> keys = customKeys(customs);
    keys.erase(u"status"_s);
    Pieces pieces(take);
    QStringList header{u"prefix"_s, u"tenant"_s, u"status"_s, u"description"_s, u"tags"_s};
    for (const QString &key : keys)
        header += netBoxColumn(key);
    if (!pieces.addRecord(header))
        return false;
    for (const SubnetRow &row : rows.subnets) {
        const bool isStatus = row.role == SubnetRole::Container || row.role == SubnetRole::Reserved;
        const QString stored = customOf(row.custom).value(u"status"_s).toString(u"active"_s);
        const QStringList fields{row.prefix.toString(), row.tenant, isStatus ? enumText(row.role) : stored,
                                 row.description.isEmpty() ? row.name : row.description,
                                 QString(row.tags).replace(u';', u',')};
        if (!pieces.addRecord(fields + valuesOf(row.custom, keys)))
            return false;
    }
    return pieces.end();
}

bool exportNetBoxAddresses(const ExportRows &rows, const TakeBytes &take)
{
    std::vector<const QString *> customs;
    addCustoms(customs, rows.addresses);
    std::set<QString> keys = customKeys(customs);
    keys.erase(u"status"_s);
    Pieces pieces(take);
    QStringList header{u"address"_s, u"tenant"_s, u"status"_s, u"dns_name"_s, u"description"_s, u"tags"_s};
    for (const QString &key : keys)
        header += netBoxColumn(key);
    if (!pieces.addRecord(header))
        return false;
    const auto places = placesAmong(rows.addresses, rows.subnets);
    for (std::size_t i = 0; i < rows.addresses.size(); ++i) {
        const AddressRow &row = rows.addresses[i];
        const int length = places[i] ? places[i]->length() : row.address.width();
        const QString stored = customOf(row.custom).value(u"status"_s).toString(u"active"_s);
        const QStringList fields{u"%1/%2"_s.arg(row.address.toString()).arg(length),
                                 row.tenant,
                                 row.state == AddressState::Used ? stored : u"reserved"_s,
                                 row.holder,
                                 row.description,
                                 QString(row.tags).replace(u';', u',')};
        if (!pieces.addRecord(fields + valuesOf(row.custom, keys)))
            return false;
    }
    return pieces.end();
}

bool exportOpenWisp(const SubnetRow &subnet, const std::vector<AddressRow> &addresses, const TakeBytes &take)
{
    Pieces pieces(take);
    const QStringList tenant = subnet.tenant.isEmpty() ? QStringList() : QStringList{subnet.tenant};
    if (!pieces.addRecord({subnet.name}) || !pieces.addRecord({subnet.prefix.toString()}) ||
        !pieces.addRecord(tenant) || !pieces.addRecord({}) || !pieces.addRecord({u"ip_address"_s, u"description"_s}))
        return false;
    for (const AddressRow &row : addresses) {
        if (!pieces.addRecord({row.address.toString(), row.description.isEmpty() ? row.holder : row.description}))
            return false;
    }
    return pieces.end();
}

} // namespace interlock
