// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/irouteverdict.h"

#include "app/interlockctl/lookup.h"
#include "app/interlockctl/rowjson.h"
#include "model/rules/claimresolver.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

QString stateWord(const ClaimRow &claim)
{
    return claim.isSentinel() ? u"sentinel"_s : u"standIn"_s;
}

/// SEMANTICS.md 2: there are no stand-ins for IPv6, so that a LAN which somebody else has gets no claim.
bool isIPv6Conflict(const IrouteVerdict &verdict)
{
    return !verdict.claim && !verdict.row.prefix.isIPv4() && verdict.wouldBe && !*verdict.wouldBe &&
           verdict.wouldBe->error().kind == ErrorKind::Conflict;
}

QJsonValue verdictJson(const IrouteVerdict &verdict)
{
    if (!verdict.wouldBe)
        return {};
    const auto &wouldBe = *verdict.wouldBe;
    if (!wouldBe) {
        return QJsonObject{{u"state"_s, u"refused"_s},
                           {u"kind"_s, nameOf(wouldBe.error().kind)},
                           {u"message"_s, wouldBe.error().detail}};
    }
    return QJsonObject{{u"state"_s, stateWord(*wouldBe)},
                       {u"virtual"_s, wouldBe->virtualPrefix.toString()},
                       {u"instance"_s, wouldBe->instance.toString()}};
}

} // namespace

std::vector<IrouteVerdict> verdictsOf(TopologyEdit &trial, const CommonName &cn,
                                      const std::optional<InstanceName> &instance, Timestamp now)
{
    const Topology &topology = trial.now();
    std::vector<IrouteVerdict> verdicts;
    for (const IrouteRow *row : topology.list<IrouteRow>(cn))
        verdicts.push_back({*row, std::nullopt, std::nullopt});

    const InstanceRow *judge = instance ? topology.find<InstanceRow>(*instance) : likelyInstanceOrNull(topology, cn);
    const std::optional<InstanceName> judgeName = judge ? std::optional(judge->name) : std::nullopt;
    ClaimResolver resolver(trial, now);
    for (IrouteVerdict &verdict : verdicts) {
        if (const auto *claim = topology.find<ClaimRow>(cn, verdict.row.prefix))
            verdict.claim = *claim;
        else if (judgeName)
            verdict.wouldBe = resolver.resolve(cn, verdict.row.prefix, *judgeName);
    }
    return verdicts;
}

QJsonObject irouteJson(const IrouteVerdict &verdict)
{
    QJsonObject object = rowJson(verdict.row);
    object.insert(u"state"_s, verdict.claim             ? stateWord(*verdict.claim)
                              : isIPv6Conflict(verdict) ? u"conflictIPv6"_s
                                                        : u"unclaimed"_s);
    object.insert(u"virtual"_s, verdict.claim ? QJsonValue(verdict.claim->virtualPrefix.toString()) : QJsonValue());
    object.insert(u"verdict"_s, verdictJson(verdict));
    return object;
}

QString stateText(const IrouteVerdict &verdict)
{
    if (verdict.claim) {
        return verdict.claim->isSentinel() ? u"claimed (sentinel)"_s
                                           : u"stand-in "_s + verdict.claim->virtualPrefix.toString();
    }
    if (!verdict.wouldBe)
        return u"unclaimed"_s;
    const auto &wouldBe = *verdict.wouldBe;
    if (isIPv6Conflict(verdict))
        return u"conflict (IPv6): "_s + wouldBe.error().detail;
    if (!wouldBe)
        return u"unclaimed, would be refused: "_s + wouldBe.error().detail;
    return wouldBe->isSentinel() ? u"unclaimed, would be a sentinel"_s
                                 : u"unclaimed, would get a stand-in such as "_s + wouldBe->virtualPrefix.toString();
}

} // namespace interlock
