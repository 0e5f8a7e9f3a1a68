// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide_parts.h"
#include "model/rules/claimresolver.h"
#include "model/rules/lan.h"
#include "model/rules/pushoption.h"
#include "model/rules/tunneladdress.h"

#include <QJsonArray>

#include <algorithm>
#include <set>

using namespace Qt::StringLiterals;

namespace interlock::parts {

namespace {

tl::unexpected<Error> noConnector(const CommonName &cn)
{
    return fail(ErrorKind::NotFound, u"there is no connector '%1'"_s.arg(cn.toString()), {{u"cn"_s, cn.toString()}});
}

Outcome iroutesOf(const Topology &topology, const CommonName &cn)
{
    std::vector<Row> rows;
    for (const IrouteRow *row : topology.list<IrouteRow>(cn))
        rows.emplace_back(*row);
    return rows;
}

/// A host translation maps each real prefix on the VPN host: possible only while nobody else's space touches it.
Expected<void> checkHostTranslation(const Topology &topology, const CommonName &cn)
{
    for (const IrouteRow *iroute : topology.list<IrouteRow>(cn)) {
        QString other;
        for (const PoolRow *pool : topology.poolsOverlapping(iroute->prefix))
            other = u"the pool %1 of %2"_s.arg(pool->prefix.toString(), pool->instance.toString());
        if (topology.hasClaim(iroute->prefix, [&](const ClaimRow &claim) { return claim.cn != cn; }))
            other = u"a claim of another connector"_s;
        if (!other.isEmpty()) {
            return fail(ErrorKind::Conflict,
                        u"%1 overlaps %2: the VPN host cannot tell the two apart, so it cannot translate it"_s.arg(
                            iroute->prefix.toString(), other),
                        {{u"prefix"_s, iroute->prefix.toString()}});
        }
    }
    return {};
}

/// Writes `row` again under another common name.
template <typename R>
void moveRows(TopologyEdit &edit, const std::vector<const R *> &rows, const CommonName &to)
{
    std::vector<R> copies;
    for (const R *row : rows)
        copies.push_back(*row);
    for (R &row : copies) {
        edit.erase(row);
        row.cn = to;
        edit.put(row);
    }
}

template <typename R>
void eraseRows(TopologyEdit &edit, const std::vector<const R *> &rows)
{
    std::vector<R> copies;
    for (const R *row : rows)
        copies.push_back(*row);
    for (const R &row : copies)
        edit.erase(row);
}

Expected<void> checkHolder(const Topology &topology, OptionScope scope, const QString &holder)
{
    switch (scope) {
    case OptionScope::Cn:
        return CommonName::parse(holder).and_then([&](const CommonName &cn) -> Expected<void> {
            if (!topology.find<ConnectorRow>(cn))
                return noConnector(cn);
            return {};
        });
    case OptionScope::Instance:
        return InstanceName::parse(holder).and_then([&](const InstanceName &name) -> Expected<void> {
            if (!topology.find<InstanceRow>(name))
                return fail(ErrorKind::NotFound, u"there is no instance '%1'"_s.arg(name.toString()));
            return {};
        });
    case OptionScope::Group:
        // A group is named before its first member joins.
        return CommonName::parse(holder).map([](const CommonName &) {});
    }
    Q_UNREACHABLE();
}

Outcome optionsOf(const Topology &topology, OptionScope scope, const QString &holder)
{
    std::vector<Row> rows;
    for (const OptionRow *row : topology.list<OptionRow>(scope, holder))
        rows.emplace_back(*row);
    return rows;
}

Expected<void> importEntry(TopologyEdit &edit, const InstanceName &instance, const CcdEntry &entry, Timestamp now)
{
    ensureConnector(edit, entry.cn, now);
    if (const auto set = run(edit, ReplaceIroutes{entry.cn, entry.iroutes}, now); !set)
        return fail(set.error());
    for (const auto &address : {entry.address, entry.address6}) {
        if (!address)
            continue;
        if (const auto set = setAllocation(edit, entry.cn, instance, *address, now); !set)
            return fail(set.error());
    }
    for (const auto &[type, value] : entry.options) {
        if (const auto set = run(edit, SetOption{OptionScope::Cn, entry.cn.toString(), type, value}, now); !set)
            return fail(set.error());
    }
    return {};
}

} // namespace

Expected<Outcome> run(TopologyEdit &edit, const SetConnector &c, Timestamp now)
{
    ensureConnector(edit, c.cn, now);
    ConnectorRow row = *edit.now().find<ConnectorRow>(c.cn);
    row.translation = c.translation.value_or(row.translation);
    row.group = c.group.value_or(row.group);
    row.description = c.description.value_or(row.description);
    if (!row.group.isEmpty()) {
        if (const auto name = CommonName::parse(row.group); !name)
            return fail(ErrorKind::Invalid, u"the name of a group: %1"_s.arg(name.error().detail));
    }
    if (row.translation == Translation::Host) {
        if (const auto ok = checkHostTranslation(edit.now(), c.cn); !ok)
            return fail(ok.error());
    }
    edit.put(row);
    return Outcome(std::vector<Row>{*edit.now().find<ConnectorRow>(c.cn)});
}

Expected<Outcome> run(TopologyEdit &edit, const RenameConnector &c, Timestamp)
{
    const auto *found = edit.now().find<ConnectorRow>(c.from);
    if (!found)
        return noConnector(c.from);
    if (c.from == c.to)
        return Outcome(std::vector<Row>{*found});
    if (edit.now().find<ConnectorRow>(c.to)) {
        return fail(ErrorKind::Exists, u"there is a connector '%1' already"_s.arg(c.to.toString()),
                    {{u"cn"_s, c.to.toString()}});
    }
    const ConnectorRow old = *found;
    ConnectorRow row = old;
    row.cn = c.to;
    edit.put(row);
    moveRows(edit, edit.now().list<IrouteRow>(c.from), c.to);
    moveRows(edit, edit.now().list<ClaimRow>(c.from), c.to);
    moveRows(edit, edit.now().allocationsOf(c.from), c.to);
    std::vector<OptionRow> options;
    for (const OptionRow *option : edit.now().list<OptionRow>(OptionScope::Cn, c.from.toString()))
        options.push_back(*option);
    for (OptionRow &option : options) {
        edit.erase(option);
        option.holder = c.to.toString();
        edit.put(option);
    }
    edit.erase(old);
    return Outcome(std::vector<Row>{*edit.now().find<ConnectorRow>(c.to)});
}

Expected<Outcome> run(TopologyEdit &edit, const RemoveConnector &c, Timestamp now)
{
    const auto *found = edit.now().find<ConnectorRow>(c.cn);
    if (!found)
        return noConnector(c.cn);
    const ConnectorRow row = *found;
    ClaimResolver resolver(edit, now);
    std::vector<Prefix> claimed;
    for (const ClaimRow *claim : edit.now().list<ClaimRow>(c.cn))
        claimed.push_back(claim->real);
    for (const Prefix &real : claimed) {
        if (const auto released = resolver.release(c.cn, real); !released)
            return fail(released.error());
    }
    eraseRows(edit, edit.now().list<IrouteRow>(c.cn));
    eraseRows(edit, edit.now().allocationsOf(c.cn));
    eraseRows(edit, edit.now().list<OptionRow>(OptionScope::Cn, c.cn.toString()));
    edit.erase(row);
    return Outcome(std::vector<Row>{row});
}

Expected<Outcome> run(TopologyEdit &edit, const ReplaceIroutes &c, Timestamp now)
{
    // Writing a prefix twice in the list is no contradiction; two different ones that overlap are.
    std::vector<Prefix> wanted = c.prefixes;
    std::ranges::sort(wanted);
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    if (const auto ok = checkLanSet(wanted); !ok)
        return fail(ok.error());

    if (wanted.empty() && !edit.now().find<ConnectorRow>(c.cn))
        return Outcome(std::vector<Row>());
    ensureConnector(edit, c.cn, now);
    bool hasChanged = false;
    std::vector<IrouteRow> present;
    for (const IrouteRow *row : edit.now().list<IrouteRow>(c.cn))
        present.push_back(*row);
    for (const IrouteRow &row : present) {
        if (!std::ranges::binary_search(wanted, row.prefix)) {
            edit.erase(row);
            hasChanged = true;
        }
    }
    for (const Prefix &prefix : wanted) {
        if (!edit.now().find<IrouteRow>(c.cn, prefix)) {
            edit.put(IrouteRow{c.cn, prefix, now, 0});
            hasChanged = true;
        }
    }
    if (hasChanged)
        edit.touch(*edit.now().find<ConnectorRow>(c.cn));
    return iroutesOf(edit.now(), c.cn);
}

Expected<Outcome> run(TopologyEdit &edit, const SetOption &c, Timestamp now)
{
    if (c.scope == OptionScope::Cn) {
        const auto cn = CommonName::parse(c.holder);
        if (!cn)
            return fail(cn.error());
        ensureConnector(edit, *cn, now);
    }
    if (const auto ok = checkHolder(edit.now(), c.scope, c.holder); !ok)
        return fail(ok.error());
    const auto option = PushOption::parse(c.type, c.value);
    if (!option)
        return fail(option.error());
    if (isSingle(c.type))
        eraseRows(edit, edit.now().list<OptionRow>(c.scope, c.holder, c.type));
    edit.put(OptionRow{c.scope, c.holder, c.type, option->value(), 0});
    return optionsOf(edit.now(), c.scope, c.holder);
}

Expected<Outcome> run(TopologyEdit &edit, const ClearOptions &c, Timestamp)
{
    if (const auto ok = checkHolder(edit.now(), c.scope, c.holder); !ok)
        return fail(ok.error());
    std::optional<QString> value = c.value;
    if (c.type && value) {
        const auto option = PushOption::parse(*c.type, *value);
        if (!option)
            return fail(option.error());
        value = option->value();
    }
    std::vector<OptionRow> doomed;
    for (const OptionRow *row : edit.now().list<OptionRow>(c.scope, c.holder)) {
        if ((!c.type || row->type == *c.type) && (!value || row->value == *value))
            doomed.push_back(*row);
    }
    for (const OptionRow &row : doomed)
        edit.erase(row);
    return optionsOf(edit.now(), c.scope, c.holder);
}

Expected<Outcome> run(TopologyEdit &edit, const ImportCcd &c, Timestamp now)
{
    if (!edit.now().find<InstanceRow>(c.instance))
        return fail(ErrorKind::NotFound, u"there is no instance '%1'"_s.arg(c.instance.toString()));
    std::set<CommonName> named;
    // What every one of them had goes first: addresses may change hands within one import.
    for (const CcdEntry &entry : c.entries) {
        if (!named.insert(entry.cn).second) {
            return fail(ErrorKind::Invalid, u"%1 is there twice"_s.arg(entry.cn.toString()),
                        {{u"cn"_s, entry.cn.toString()}});
        }
        eraseRows(edit, edit.now().list<AllocationRow>(c.instance, entry.cn));
        eraseRows(edit, edit.now().list<OptionRow>(OptionScope::Cn, entry.cn.toString()));
    }
    std::vector<Row> rows;
    for (const CcdEntry &entry : c.entries) {
        if (auto imported = importEntry(edit, c.instance, entry, now); !imported) {
            Error error = imported.error();
            error.detail = u"%1: %2"_s.arg(entry.cn.toString(), error.detail);
            error.payload.insert(u"cn"_s, entry.cn.toString());
            return fail(std::move(error));
        }
        rows.emplace_back(*edit.now().find<ConnectorRow>(entry.cn));
    }
    return Outcome(std::move(rows));
}

} // namespace interlock::parts
