// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/sessionprober.h"

#include "model/link/linux/tunneldevice.h"

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace interlock {

namespace {

/// A router needs three seconds to find out that a machine of its LAN is not there.
constexpr auto kEchoPatience = 4s;

QString wordOf(EchoOutcome outcome)
{
    switch (outcome) {
    case EchoOutcome::Reached:
        return u"reached"_s;
    case EchoOutcome::AnsweredByOther:
        return u"answered"_s;
    case EchoOutcome::Nothing:
        break;
    }
    return u"nothing"_s;
}

} // namespace

Expected<Prefix> probedLan(const LiveSession &session)
{
    const auto &installed = session.fact.installed;
    if (installed.empty()) {
        return fail(ErrorKind::NotFound,
                    u"no LAN is installed for %1: there is nothing to probe"_s.arg(session.fact.key.toString()),
                    {{u"session"_s, session.fact.key.toString()}});
    }
    const auto found = std::ranges::find_if(installed, &Prefix::isIPv4);
    if (found == installed.end())
        return fail(ErrorKind::Unsupported, u"only IPv4 LANs can be probed"_s);
    return *found;
}

Address firstHost(const Prefix &lan)
{
    const Address network = lan.first();
    return network.width() - lan.length() < 2 ? network : Address(network.family(), network.value() + 1);
}

void SessionProber::probe(const LiveSession &session, const Address &serverAddress, const Reply &reply)
{
    const auto lan = probedLan(session);
    if (!lan)
        return reply(fail(lan.error()));
    const auto device = tunnelDevice(serverAddress);
    if (!device) {
        return reply(
            fail(ErrorKind::Unsupported,
                 u"no device of this host has the server's tunnel address %1: a probe is sent from the VPN host"_s.arg(
                     serverAddress.toString()),
                 {{u"serverAddress"_s, serverAddress.toString()}}));
    }
    const Address target = firstHost(*lan);
    auto probe = EchoProbe::send(target, *device, kEchoPatience);
    if (!probe)
        return reply(fail(probe.error()));
    EchoProbe *sent = probe->release();
    sent->setParent(this);
    connect(sent, &EchoProbe::finished, this, [sent, reply, target, lan = *lan](const EchoResult &result) {
        sent->deleteLater();
        reply(QJsonObject{
            {u"target"_s, target.toString()},
            {u"lan"_s, lan.toString()},
            {u"outcome"_s, wordOf(result.outcome)},
            {u"answeredBy"_s, result.answeredBy ? QJsonValue(result.answeredBy->toString()) : QJsonValue()},
            {u"milliseconds"_s, qint64{result.took.count()}},
        });
    });
}

} // namespace interlock
