// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/policies.h"
#include "model/rules/serverconfig.h"
#include "model/rules/topology.h"

#include <QJsonObject>

#include <optional>
#include <vector>

namespace interlock {

/// Error: connectors are cut off, or let in where they must not be. Warning: it works until something happens.
/// Note: worth knowing; nothing has to be done.
enum class LintSeverity { Error, Warning, Note };

/// What is wrong. The words are the rule ids that scripts match on: keep them stable.
enum class LintRule {
    // who answers, and who may
    NotAServer,
    ManagementMissing,
    ManagementClient,
    ManagementDiffers,
    ManagementExposed,
    ManagementPassword,
    ManagementSignal,
    ManagementClientAuth,
    ManagementHold,
    AuthUserPassOptional,
    UsernameAsCommonName,
    VerifyClientCert,
    DuplicateCn,
    TwoWriters,
    // the tunnel network
    DeviceMode,
    TopologySubnet,
    ServerNetwork,
    ServerAddress,
    ServerIpv6,
    Nopool,
    PoolOutside,
    PoolOverlap,
    // routes and translation
    RouteWithoutGateway,
    RouteStandinRange,
    RouteMissing,
    RouteUnneeded,
    MaxRoutesPerClient,
    DcoWithClientNat,
    HostTranslation,
    StandinOutsideRange,
    PublicAddress,
    TapWithIroutes,
    // the rest
    ScriptSecurity,
    LearnAddress,
    StaleRoutesCheck,
    ExplicitExitNotify,
    IncludedFile,
};

template <>
struct EnumNames<LintSeverity>
{
    static constexpr NameTable<LintSeverity, 3> kTable{
        {{LintSeverity::Error, u"error"}, {LintSeverity::Warning, u"warning"}, {LintSeverity::Note, u"note"}}};
};
template <>
struct EnumNames<LintRule>
{
    static constexpr NameTable<LintRule, 37> kTable{{{LintRule::NotAServer, u"notAServer"},
                                                     {LintRule::ManagementMissing, u"managementMissing"},
                                                     {LintRule::ManagementClient, u"managementClient"},
                                                     {LintRule::ManagementDiffers, u"managementDiffers"},
                                                     {LintRule::ManagementExposed, u"managementExposed"},
                                                     {LintRule::ManagementPassword, u"managementPassword"},
                                                     {LintRule::ManagementSignal, u"managementSignal"},
                                                     {LintRule::ManagementClientAuth, u"managementClientAuth"},
                                                     {LintRule::ManagementHold, u"managementHold"},
                                                     {LintRule::AuthUserPassOptional, u"authUserPassOptional"},
                                                     {LintRule::UsernameAsCommonName, u"usernameAsCommonName"},
                                                     {LintRule::VerifyClientCert, u"verifyClientCert"},
                                                     {LintRule::DuplicateCn, u"duplicateCn"},
                                                     {LintRule::TwoWriters, u"twoWriters"},
                                                     {LintRule::DeviceMode, u"deviceMode"},
                                                     {LintRule::TopologySubnet, u"topologySubnet"},
                                                     {LintRule::ServerNetwork, u"serverNetwork"},
                                                     {LintRule::ServerAddress, u"serverAddress"},
                                                     {LintRule::ServerIpv6, u"serverIpv6"},
                                                     {LintRule::Nopool, u"nopool"},
                                                     {LintRule::PoolOutside, u"poolOutside"},
                                                     {LintRule::PoolOverlap, u"poolOverlap"},
                                                     {LintRule::RouteWithoutGateway, u"routeWithoutGateway"},
                                                     {LintRule::RouteStandinRange, u"routeStandinRange"},
                                                     {LintRule::RouteMissing, u"routeMissing"},
                                                     {LintRule::RouteUnneeded, u"routeUnneeded"},
                                                     {LintRule::MaxRoutesPerClient, u"maxRoutesPerClient"},
                                                     {LintRule::DcoWithClientNat, u"dcoWithClientNat"},
                                                     {LintRule::HostTranslation, u"hostTranslation"},
                                                     {LintRule::StandinOutsideRange, u"standinOutsideRange"},
                                                     {LintRule::PublicAddress, u"publicAddress"},
                                                     {LintRule::TapWithIroutes, u"tapWithIroutes"},
                                                     {LintRule::ScriptSecurity, u"scriptSecurity"},
                                                     {LintRule::LearnAddress, u"learnAddress"},
                                                     {LintRule::StaleRoutesCheck, u"staleRoutesCheck"},
                                                     {LintRule::ExplicitExitNotify, u"explicitExitNotify"},
                                                     {LintRule::IncludedFile, u"includedFile"}}};
};

/// One thing to put right, or to know.
struct LintFinding
{
    LintSeverity severity = LintSeverity::Error;
    LintRule rule = LintRule::NotAServer;
    std::optional<int> line; ///< in the configuration file, from 1; none when something is missing or about rows
    QString detail;          ///< one or two English sentences: what it is and what it does
    QString instead;         ///< what to write, lines of the configuration or a command; empty when nothing is to be
    QJsonObject data;        ///< the facts: "expected", "found", "prefixes", "connectors"

    friend bool operator==(const LintFinding &, const LintFinding &) = default;
};

/// What is wrong with `instance` and, when it is given, with the configuration of its OpenVPN server; errors first,
/// then by line. Without `config` the rows alone are looked at.
///
/// \returns NotFound when there is no such instance
///
/// \complexity O(n log n) in claims, allocations and lines
///
/// \source openvpn/FACTS.md 3-7, 11, 12, 14, 26, 34, 39, 41, 43, 44, 46, 48, 50, 53-55; SEMANTICS.md 3
[[nodiscard]] Expected<std::vector<LintFinding>> lintServer(const Topology &topology, const InstanceName &instance,
                                                            const std::optional<ServerConfig> &config);

} // namespace interlock
