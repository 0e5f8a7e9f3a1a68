// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/livelookup.h"
#include "app/interlockctl/sessionorder.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct ReconnectArgs
{
    std::optional<SessionKey> session;
    std::vector<CommonName> cns;
    std::optional<InstanceName> instance;
    bool isPending = false;
    std::optional<Duration> wait;
    EditOptions edit;
};

void declareReconnect(Arguments args, ReconnectArgs &a)
{
    args.optional("SESSION", a.session, "instance/generation/cid, as list shows it");
    args.repeated("--cn", a.cns, false, "Every session of this connector, in place of SESSION; repeat for more", "CN");
    args.flag("--pending", a.isPending, "Every session that is pending until it reconnects, in place of SESSION");
    args.optional("--instance", a.instance, "With --cn or --pending: on this instance", "NAME");
    args.optional("--wait", a.wait, "Wait so long until it is done (default: do not wait)", "DURATION");
    args.dryRun(a.edit);
}

Order orderForMany(Session &session, const ReconnectArgs &a, const QString &owner)
{
    Operation operation{{}, OperationKind::Reconnect, *a.instance};
    operation.actor = session.actor();
    if (a.isPending) {
        operation.arguments.insert(u"pending"_s, true);
    } else if (a.cns.size() == 1) {
        operation.cn = a.cns.front();
    } else {
        QJsonArray names;
        for (const CommonName &cn : a.cns)
            names.append(cn.toString());
        operation.arguments.insert(u"cns"_s, names);
    }
    return {std::move(operation), owner, {}, QStringList()};
}

/// The sessions that it is about, as the owner shows them; who of `--cn` has none is refused before anything is done.
Expected<QStringList> sessionsFor(Session &session, const ReconnectArgs &a)
{
    const auto snapshot = liveFacts(session, a.instance);
    if (!snapshot)
        return fail(snapshot.error());
    QStringList keys;
    std::vector<CommonName> missing = a.cns;
    for (const SessionFact &fact : snapshot->sessions) {
        if (a.isPending ? !isPendingUntilReconnect(fact)
                        : !fact.cn || std::ranges::find(a.cns, *fact.cn) == a.cns.end())
            continue;
        keys += fact.key.toString();
        std::erase_if(missing, [&](const CommonName &cn) { return cn == fact.cn; });
    }
    if (missing.empty())
        return keys;
    QStringList names;
    for (const CommonName &cn : missing)
        names += cn.toString();
    const QString instance = a.instance->toString();
    return fail(ErrorKind::NotFound,
                u"no session on instance %1 of: %2; nothing was reconnected"_s.arg(instance, names.join(u", "_s)),
                {{u"cns"_s, QJsonArray::fromStringList(names)}, {u"instance"_s, instance}});
}

Expected<Answer> reconnectMany(Session &session, ReconnectArgs a)
{
    std::ranges::sort(a.cns);
    a.cns.erase(std::unique(a.cns.begin(), a.cns.end()), a.cns.end());
    const auto owner = ownerOf(session, *a.instance);
    if (!owner)
        return fail(owner.error());
    auto sessions = sessionsFor(session, a);
    if (!sessions)
        return fail(sessions.error());
    Order order = orderForMany(session, a, *owner);
    if (sessions->isEmpty())
        return Answer{orderJson(order), u"No session is pending: nothing had to be done."_s, {}, 0};
    order.sessions = *std::move(sessions);
    return carryOut(session, std::move(order), a.wait, a.edit.isDryRun);
}

Expected<Answer> reconnect(Session &session, const ReconnectArgs &a)
{
    const int ways = (a.session ? 1 : 0) + (a.cns.empty() ? 0 : 1) + (a.isPending ? 1 : 0);
    if (ways != 1 || a.session.has_value() == a.instance.has_value())
        return fail(ErrorKind::Usage, u"either SESSION, or --instance with --cn or --pending"_s);
    if (!a.session)
        return reconnectMany(session, a);
    auto order = orderFor(session, OperationKind::Reconnect, *a.session);
    if (!order)
        return fail(order.error());
    return carryOut(session, *std::move(order), a.wait, a.edit.isDryRun);
}

} // namespace

void addSessionReconnect(CommandTree &tree, CLI::App &group)
{
    tree.addVerb<ReconnectArgs>(
        group, "reconnect", "Make sessions ask again, so that they get what the rows say now; many one after another",
        declareReconnect, reconnect);
}

} // namespace interlock
