// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/macstore.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

Expected<qint64> affected(const Expected<Statement *> &done)
{
    return done.map([](Statement *statement) { return qint64{statement->query().numRowsAffected()}; });
}

/// A statement that changes the map.
template <typename ValueOf>
Expected<Statement *> change(Connection &connection, const QString &name, ValueOf &&valueOf)
{
    if (!connection.hasLiveFacts())
        return fail(ErrorKind::ReadOnly, u"the store is read-only"_s);
    return connection.run(name, valueOf);
}

} // namespace

Expected<void> upsertMac(Connection &connection, const MacEntry &entry)
{
    return change(connection, u"mac_upsert"_s,
                  [&](const QString &name) -> QVariant {
                      if (name == u"mac"_s)
                          return entry.mac.toString();
                      if (name == u"cn"_s)
                          return entry.cn.toString();
                      if (name == u"instance"_s)
                          return entry.instance.toString();
                      return entry.lastSeen.milliseconds();
                  })
        .map([](Statement *) {});
}

Expected<void> deleteMac(Connection &connection, MacAddress mac)
{
    return change(connection, u"mac_delete"_s, [&](const QString &) -> QVariant { return mac.toString(); })
        .map([](Statement *) {});
}

Expected<qint64> deleteMacsOf(Connection &connection, const CommonName &cn)
{
    return affected(
        change(connection, u"mac_delete_by_cn"_s, [&](const QString &) -> QVariant { return cn.toString(); }));
}

Expected<qint64> deleteMacsOn(Connection &connection, const InstanceName &instance)
{
    return affected(change(connection, u"mac_delete_by_instance"_s,
                           [&](const QString &) -> QVariant { return instance.toString(); }));
}

Expected<std::vector<MacEntry>> readMacs(Connection &connection)
{
    if (!connection.hasLiveFacts())
        return std::vector<MacEntry>();
    const auto rows = connection.run(u"mac_select"_s);
    if (!rows)
        return fail(rows.error());
    std::vector<MacEntry> entries;
    while ((*rows)->next()) {
        const auto mac = MacAddress::parse((*rows)->text(0));
        const auto cn = CommonName::parse((*rows)->text(1));
        const auto instance = InstanceName::parse((*rows)->text(2));
        if (!mac || !cn || !instance)
            return fail(ErrorKind::StoreCorrupt, u"a row of the MAC map does not parse"_s);
        entries.push_back({*mac, *cn, *instance, Timestamp::fromMilliseconds((*rows)->number(3))});
    }
    (*rows)->query().finish();
    return entries;
}

} // namespace interlock
