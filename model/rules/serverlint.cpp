// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/serverlint.h"

#include "model/rules/hostnat.h"
#include "model/rules/instancelookup.h"
#include "model/rules/publicaddress.h"
#include "model/rules/serverfragment.h"
#include "model/rules/serverlint_parts.h"

#include <QJsonArray>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr std::array kScriptHooks{u"learn-address",
                                  u"client-connect",
                                  u"client-disconnect",
                                  u"auth-user-pass-verify",
                                  u"tls-verify",
                                  u"client-crresponse",
                                  u"up",
                                  u"down",
                                  u"route-up",
                                  u"route-pre-down",
                                  u"ipchange"};

void lintScripts(LintContext &context, const ServerConfig &config)
{
    const auto *security = config.lastOrNull(u"script-security");
    const int level = security ? security->argument(0).toInt() : 1;
    if (level >= 2)
        return;
    for (const auto *hook : kScriptHooks) {
        const auto *directive = config.lastOrNull(hook);
        if (!directive)
            continue;
        const bool isLearning = directive->name == u"learn-address";
        context.error(LintRule::ScriptSecurity, directive->line,
                      isLearning
                          ? u"this script may not run, and an address whose script fails is not learned: nobody is "
                            "reached"_s
                          : u"the script of %1 may not run"_s.arg(directive->name),
                      u"script-security 2"_s, QJsonObject{{u"directive"_s, directive->name}, {u"found"_s, level}});
    }
}

void lintLearnAddress(LintContext &context, const ServerConfig &config)
{
    const QString right = learnAddressDirective(context.instance);
    const auto *learn = config.lastOrNull(u"learn-address");
    if (!learn) {
        if (context.instance.mode == DeviceMode::Tap) {
            context.note(LintRule::LearnAddress, std::nullopt,
                         u"without the hook MAC addresses are read from the server's status, some seconds late"_s,
                         u"script-security 2\n"_s + right);
        }
        return;
    }
    const QStringList words = learn->arguments.join(u' ').split(u' ', Qt::SkipEmptyParts);
    if (words.isEmpty() || !words.front().endsWith(u"interlock-learn")) {
        context.warning(LintRule::LearnAddress, learn->line,
                        u"the server and all its clients wait while this script runs, and an address for which it does "
                        "not exit with 0 is not learned"_s,
                        right);
    } else if (words.size() != 3 || words.back() != context.instance.name.toString()) {
        context.error(LintRule::LearnAddress, learn->line,
                      u"the hook reports to another instance than %1"_s.arg(context.instance.name.toString()), right);
    }
}

/// The claims of the instance, as "LAN of CN as STAND-IN".
void lintStandins(LintContext &context)
{
    QStringList texts;
    QJsonArray data;
    for (const ClaimRow &claim : context.topology.rows<ClaimRow>()) {
        if (claim.instance != context.instance.name || claim.isSentinel() ||
            context.instance.standinRange.contains(claim.virtualPrefix))
            continue;
        texts += u"%1 of %2 as %3"_s.arg(claim.real.toString(), claim.cn.toString(), claim.virtualPrefix.toString());
        data.append(QJsonObject{{u"cn"_s, claim.cn.toString()},
                                {u"real"_s, claim.real.toString()},
                                {u"virtual"_s, claim.virtualPrefix.toString()}});
    }
    if (texts.isEmpty())
        return;
    context.warning(LintRule::StandinOutsideRange, std::nullopt,
                    u"stand-ins outside of the range %1 are kept, and each needs a route of its own: %2"_s.arg(
                        context.instance.standinRange.toString(), shortened(texts)),
                    u"interlockctl claim stand-in CN REAL, for each that may get another address"_s,
                    QJsonObject{{u"claims"_s, data}});
}

/// LANs and stand-ins that would lead clients' own packets to the server into the tunnel (SEMANTICS.md 2).
void lintPublicAddress(LintContext &context)
{
    const InstanceRow &instance = context.instance;
    if (!instance.publicAddress)
        return;
    const QString address = instance.publicAddress->toString();
    QStringList texts;
    QStringList connectors;
    for (const LanAroundServer &each : lansAround(context.topology, instance)) {
        texts += u"%1 of %2"_s.arg(each.lan.toString(), each.cn.toString());
        connectors += each.cn.toString();
    }
    if (!texts.isEmpty()) {
        context.warning(
            LintRule::PublicAddress, std::nullopt,
            u"clients find the server at %1, and whoever is pushed a route to one of these LANs sends its own "
            "tunnel's packets into the tunnel: %2"_s.arg(address, shortened(texts)),
            {}, QJsonObject{{u"connectors"_s, QJsonArray::fromStringList(connectors)}});
    }
    const Prefix host(*instance.publicAddress, instance.publicAddress->width());
    if (instance.standinRange.contains(host) && context.topology.exclusionsOverlapping(host).empty()) {
        context.warning(
            LintRule::PublicAddress, std::nullopt,
            u"clients find the server at %1, which may become part of a stand-in: it lies in the range %2"_s.arg(
                address, instance.standinRange.toString()),
            u"interlockctl claim exclude %1"_s.arg(host.toString()),
            QJsonObject{{u"prefixes"_s, QJsonArray{host.toString()}}});
    }
}

/// The connectors with an address on the instance, each once.
std::vector<CommonName> connectorsOf(const LintContext &context)
{
    std::vector<CommonName> names;
    for (const AllocationRow *allocation : context.topology.list<AllocationRow>(context.instance.name))
        names.push_back(allocation->cn);
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

void lintTapIroutes(LintContext &context)
{
    QStringList names;
    for (const CommonName &cn : connectorsOf(context)) {
        if (!context.topology.list<IrouteRow>(cn).empty())
            names += cn.toString();
    }
    if (names.isEmpty())
        return;
    context.warning(
        LintRule::TapWithIroutes, std::nullopt,
        u"OpenVPN ignores LANs behind clients on a tap device, and these have some: %1"_s.arg(shortened(names)),
        u"interlockctl instance set %1 --mode tun, or bridge the LANs"_s.arg(context.instance.name.toString()),
        QJsonObject{{u"connectors"_s, QJsonArray::fromStringList(names)}});
}

void lintHostTranslation(LintContext &context)
{
    for (const CommonName &cn : connectorsOf(context)) {
        const auto *connector = context.topology.find<ConnectorRow>(cn);
        if (!connector || connector->translation != Translation::Host)
            continue;
        for (const ClaimRow *claim : context.topology.list<ClaimRow>(cn)) {
            const auto problem = claim->isSentinel() ? std::nullopt : hostTranslationProblem(context.topology, *claim);
            if (!problem)
                continue;
            QJsonObject data = problem->payload;
            data.insert(u"cn"_s, cn.toString());
            context.error(LintRule::HostTranslation, std::nullopt,
                          u"%1: %2; it is left out"_s.arg(cn.toString(), problem->detail),
                          u"interlockctl connector set %1 --translation client"_s.arg(cn.toString()), data);
        }
    }
}

} // namespace

QString shortened(const QStringList &texts)
{
    constexpr qsizetype shown = 5;
    const QString list = texts.first(std::min(shown, texts.size())).join(u", "_s);
    return texts.size() <= shown ? list : u"%1 and %2 more"_s.arg(list).arg(texts.size() - shown);
}

void lintRunning(LintContext &context, const ServerConfig &config)
{
    lintScripts(context, config);
    lintLearnAddress(context, config);
    if (context.instance.mode == DeviceMode::Tap && !config.has(u"stale-routes-check")) {
        context.note(
            LintRule::StaleRoutesCheck, std::nullopt,
            u"a MAC address that falls silent is kept until its client leaves, and counts as one of its routes"_s,
            u"stale-routes-check 300 60"_s);
    }
    const auto *protocol = config.lastOrNull(u"proto");
    const bool isUdp = !protocol || protocol->argument(0).startsWith(u"udp");
    const auto *notify = config.lastOrNull(u"explicit-exit-notify");
    if (isUdp && (!notify || notify->argument(0) == u"0")) {
        context.warning(LintRule::ExplicitExitNotify, notify ? std::optional(notify->line) : std::nullopt,
                        u"after a restart of the server clients come back when their ping-restart says so, in a minute "
                        "instead of seconds"_s,
                        u"explicit-exit-notify 1"_s);
    }
}

void lintRows(LintContext &context)
{
    lintStandins(context);
    lintPublicAddress(context);
    if (context.instance.mode == DeviceMode::Tap)
        lintTapIroutes(context);
    else
        lintHostTranslation(context);
}

Expected<std::vector<LintFinding>> lintServer(const Topology &topology, const InstanceName &name,
                                              const std::optional<ServerConfig> &config)
{
    const auto instance = instanceNamed(topology, name);
    if (!instance)
        return fail(instance.error());
    LintContext context{topology, *instance, {}};
    lintRows(context);
    if (config) {
        lintAccess(context, *config);
        lintTunnel(context, *config);
        lintRoutes(context, *config);
        lintRunning(context, *config);
    }
    std::ranges::stable_sort(context.findings, {}, [](const LintFinding &finding) {
        return std::pair(finding.severity, finding.line.value_or(0));
    });
    return std::move(context.findings);
}

} // namespace interlock
