// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/duration.h"
#include "app/interlockctl/livelookup.h"
#include "app/interlockctl/sessionorder.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// How long a probe is waited for unless told otherwise.
constexpr std::chrono::milliseconds kProbeWait{10'000};

struct OrderArgs
{
    std::optional<SessionKey> session;
    std::optional<CommonName> cn;
    std::optional<InstanceName> instance;
    std::optional<Duration> wait;
    std::optional<Duration> duration;
    EditOptions edit;
};

void declareKill(Arguments args, OrderArgs &a)
{
    args.optional("SESSION", a.session, "instance/generation/cid, as list shows it");
    args.optional("--cn", a.cn, "Every session of this connector, in place of SESSION", "CN");
    args.optional("--instance", a.instance, "With --cn: on this instance", "NAME");
    args.optional("--wait", a.wait, "Wait so long until it is done (default: do not wait)", "DURATION");
    args.dryRun(a.edit);
}

void declareDeny(Arguments args, OrderArgs &a)
{
    args.required("CN", a.cn, "Whose sessions end, and who is refused");
    args.required("--for", a.duration, "How long, as 30m or 2h", "DURATION");
    args.optional("--instance", a.instance, "On this instance only (default: on all)", "NAME");
    args.optional("--wait", a.wait, "Wait so long until it is done (default: do not wait)", "DURATION");
    args.dryRun(a.edit);
}

void declareProbe(Arguments args, OrderArgs &a)
{
    args.required("SESSION", a.session, "instance/generation/cid, as list shows it");
    args.optional("--wait", a.wait, "Wait so long for what it found (default 10s)", "DURATION");
}

Expected<Order> orderForAllOf(Session &session, const CommonName &cn, const InstanceName &instance)
{
    auto owner = ownerOf(session, instance);
    if (!owner)
        return fail(owner.error());
    const auto snapshot = liveFacts(session, instance);
    if (!snapshot)
        return fail(snapshot.error());
    if (std::ranges::find(snapshot->sessions, std::optional(cn), &SessionFact::cn) == snapshot->sessions.end())
        return fail(ErrorKind::NotFound,
                    u"'%1' has no session on instance %2"_s.arg(cn.toString(), instance.toString()),
                    {{u"cn"_s, cn.toString()}, {u"instance"_s, instance.toString()}});
    Operation operation{{}, OperationKind::Kill, instance};
    operation.cn = cn;
    operation.actor = session.actor();
    return Order{std::move(operation), *std::move(owner)};
}

Expected<Answer> kill(Session &session, const OrderArgs &a)
{
    const bool isByCn = a.cn && a.instance;
    if (a.session.has_value() == isByCn || (!isByCn && (a.cn || a.instance)))
        return fail(ErrorKind::Usage, u"either SESSION, or --cn and --instance"_s);
    auto order =
        isByCn ? orderForAllOf(session, *a.cn, *a.instance) : orderFor(session, OperationKind::Kill, *a.session);
    if (!order)
        return fail(order.error());
    return carryOut(session, *std::move(order), a.wait, a.edit.isDryRun);
}

Expected<Answer> probe(Session &session, const OrderArgs &a)
{
    auto order = orderFor(session, OperationKind::Probe, *a.session);
    if (!order)
        return fail(order.error());
    return carryOut(session, *std::move(order), a.wait.value_or(Duration{kProbeWait}), false);
}

/// The instances that a denial is for, with their owners; those without one apart.
struct Owners
{
    std::vector<std::pair<InstanceName, QString>> owned;
    QStringList without;
};

Expected<Owners> ownersFor(Session &session, const std::optional<InstanceName> &instance)
{
    std::vector<InstanceName> names;
    if (instance) {
        names.push_back(*instance);
    } else {
        const auto listed = session.look([&](Topology &topology) {
            names.clear();
            for (const InstanceRow &row : topology.rows<InstanceRow>())
                names.push_back(row.name);
            return true;
        });
        if (!listed)
            return fail(listed.error());
    }
    Owners owners;
    for (const InstanceName &name : names) {
        auto owner = ownerOf(session, name);
        if (owner)
            owners.owned.emplace_back(name, *std::move(owner));
        else if (owner.error().kind == ErrorKind::NoOwner)
            owners.without += name.toString();
        else
            return fail(owner.error());
    }
    if (owners.owned.empty())
        return fail(ErrorKind::NoOwner, u"nobody has the lease of any instance that this is for"_s,
                    {{u"instances"_s, QJsonArray::fromStringList(owners.without)}});
    return owners;
}

Expected<Answer> deny(Session &session, const OrderArgs &a)
{
    const auto owners = ownersFor(session, a.instance);
    if (!owners)
        return fail(owners.error());
    // By the database's clock, which is the one that the owners go by.
    const auto moment = session.store().and_then(
        [&](StoreHandle *store) { return Session::wait(store->live().sessions(owners->owned.front().first)); });
    if (!moment)
        return fail(moment.error());
    const Timestamp until = moment->asOf + a.duration->length;
    QJsonArray orders;
    QStringList lines{u"%1 is refused until %2."_s.arg(a.cn->toString(), until.toString())};
    bool isComplete = owners->without.isEmpty();
    for (const auto &[instance, owner] : owners->owned) {
        Order order{Operation{{}, OperationKind::Deny, instance, {}, a.cn, until, {}, session.actor()}, owner};
        if (!a.edit.isDryRun) {
            if (const auto done = place(session, order, a.wait); !done) {
                if (orders.isEmpty())
                    return fail(done.error());
                lines += u"%1: %2"_s.arg(instance.toString(), done.error().detail);
                isComplete = false;
                continue;
            }
            isComplete = isComplete && !order.state->error && (!a.wait || isOver(*order.state));
        }
        orders.append(orderJson(order));
        lines += orderText(order);
    }
    for (const QString &name : owners->without)
        lines += u"%1 has no owner, and does not know of it."_s.arg(name);
    QJsonObject document{{u"cn"_s, a.cn->toString()},
                         {u"until"_s, until.toString()},
                         {u"operations"_s, orders},
                         {u"noOwner"_s, QJsonArray::fromStringList(owners->without)},
                         {u"journal"_s, QJsonValue()}};
    return Answer{document, lines.join(u'\n'), {}, isComplete ? 0 : 3};
}

} // namespace

void addSessionOrders(CommandTree &tree, CLI::App &group)
{
    tree.addVerb<OrderArgs>(group, "kill", "End a session, or all of a connector; it comes back by itself", declareKill,
                            kill);
    addSessionReconnect(tree, group);
    tree.addVerb<OrderArgs>(group, "deny", "End a connector's sessions and refuse it for a time", declareDeny, deny);
    tree.addVerb<OrderArgs>(group, "probe", "Look whether anybody answers behind a session", declareProbe, probe);
}

} // namespace interlock
