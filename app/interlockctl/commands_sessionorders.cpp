// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/duration.h"
#include "app/interlockctl/livelookup.h"

#include <QDeadlineTimer>
#include <QJsonArray>
#include <QThread>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// How often it is looked whether an operation is finished.
constexpr unsigned long kPauseMilliseconds = 100;
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

/// An operation that was asked for, or that would be in a dry run.
struct Order
{
    Operation operation;
    QString owner;
    std::optional<OperationState> state;
};

bool isOver(const OperationState &state)
{
    return state.progress == OperationProgress::Done || state.progress == OperationProgress::Failed;
}

QJsonObject orderJson(const Order &order)
{
    const Operation &operation = order.operation;
    QJsonObject object{
        {u"operation"_s, order.state ? QJsonValue(order.state->id.value) : QJsonValue()},
        {u"kind"_s, enumText(operation.kind)},
        {u"instance"_s, operation.instance.toString()},
        {u"session"_s, operation.session ? QJsonValue(operation.session->toString()) : QJsonValue()},
        {u"cn"_s, operation.cn ? QJsonValue(operation.cn->toString()) : QJsonValue()},
        {u"owner"_s, order.owner},
        {u"state"_s, order.state ? QJsonValue(enumText(order.state->progress)) : QJsonValue()},
        {u"result"_s, order.state && order.state->progress == OperationProgress::Done ? QJsonValue(order.state->result)
                                                                                      : QJsonValue()},
        {u"journal"_s, QJsonValue()}, // what happens to a session is no edit: not journalled, not undone
    };
    if (operation.until)
        object.insert(u"until"_s, operation.until->toString());
    return object;
}

QString orderText(const Order &order)
{
    const QString what = u"%1 of %2"_s.arg(enumText(order.operation.kind),
                                           order.operation.session ? order.operation.session->toString()
                                                                   : order.operation.cn->toString() + u" on "_s +
                                                                         order.operation.instance.toString());
    if (!order.state)
        return u"Dry run: %1 would be asked for the %2."_s.arg(order.owner, what);
    switch (order.state->progress) {
    case OperationProgress::Done:
        return u"Operation %1, the %2, is done."_s.arg(order.state->id.value).arg(what);
    case OperationProgress::Failed:
        return u"Operation %1, the %2, has failed: %3."_s.arg(order.state->id.value)
            .arg(what, order.state->error ? order.state->error->detail : QString());
    default:
        return u"%1 was asked for the %2: operation %3, %4."_s.arg(order.owner, what)
            .arg(order.state->id.value)
            .arg(enumText(order.state->progress));
    }
}

/// Asks for it, and waits if there is a time for that.
Expected<void> place(Session &session, Order &order, const std::optional<Duration> &wait)
{
    const auto store = session.store();
    if (!store)
        return fail(store.error());
    const auto id = Session::wait((*store)->operations().request(order.operation));
    if (!id)
        return fail(id.error());
    order.state = OperationState{*id};
    const QDeadlineTimer deadline(wait ? wait->length : std::chrono::milliseconds(0));
    while (!isOver(*order.state) && !deadline.hasExpired()) {
        auto state = Session::wait((*store)->operations().state(*id));
        if (!state)
            return fail(state.error());
        order.state = *std::move(state);
        if (!isOver(*order.state))
            QThread::msleep(kPauseMilliseconds);
    }
    return {};
}

/// What an order of one operation answers. Waited for in vain: it may yet be done, which is neither done nor refused.
Expected<Answer> answerOf(const Order &order, bool wasWaitedFor)
{
    if (order.state && order.state->error) {
        Error error = *order.state->error;
        error.payload.insert(u"operation"_s, order.state->id.value);
        return fail(std::move(error));
    }
    const bool isOpen = order.state && !isOver(*order.state);
    return Answer{orderJson(order), orderText(order), {}, wasWaitedFor && isOpen ? 3 : 0};
}

Expected<Answer> carryOut(Session &session, Order order, const std::optional<Duration> &wait, bool isDryRun)
{
    if (!isDryRun) {
        if (const auto done = place(session, order, wait); !done)
            return fail(done.error());
    }
    return answerOf(order, wait.has_value());
}

/// The owner, once it is certain that the session is there.
Expected<Order> orderFor(Session &session, OperationKind kind, const SessionKey &key)
{
    auto owner = ownerOf(session, key.instance);
    if (!owner)
        return fail(owner.error());
    const auto snapshot = liveFacts(session, key.instance);
    if (!snapshot)
        return fail(snapshot.error());
    return sessionIn(*snapshot, key).map([&](const SessionFact &fact) {
        Operation operation{{}, kind, key.instance};
        operation.session = key;
        operation.cn = fact.cn;
        operation.actor = session.actor();
        return Order{std::move(operation), *std::move(owner), {}};
    });
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
    return Order{std::move(operation), *std::move(owner), {}};
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
        Order order{Operation{{}, OperationKind::Deny, instance, {}, a.cn, until, {}, session.actor()}, owner, {}};
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
    tree.addVerb<OrderArgs>(group, "deny", "End a connector's sessions and refuse it for a time", declareDeny, deny);
    tree.addVerb<OrderArgs>(group, "probe", "Look whether a session is what it seems", declareProbe, probe);
}

} // namespace interlock
