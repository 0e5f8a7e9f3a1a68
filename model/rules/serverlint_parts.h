// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/serverlint.h"

#include <QStringList>

namespace interlock {

/// What the parts of lintServer() look at, and where their findings go.
struct LintContext
{
    const Topology &topology;
    const InstanceRow &instance;
    std::vector<LintFinding> findings;

    void add(LintSeverity severity, LintRule rule, std::optional<int> line, const QString &detail,
             const QString &instead = {}, const QJsonObject &data = {})
    {
        findings.push_back({severity, rule, line, detail, instead, data});
    }
    void error(LintRule rule, std::optional<int> line, const QString &detail, const QString &instead = {},
               const QJsonObject &data = {})
    {
        add(LintSeverity::Error, rule, line, detail, instead, data);
    }
    void warning(LintRule rule, std::optional<int> line, const QString &detail, const QString &instead = {},
                 const QJsonObject &data = {})
    {
        add(LintSeverity::Warning, rule, line, detail, instead, data);
    }
    void note(LintRule rule, std::optional<int> line, const QString &detail, const QString &instead = {},
              const QJsonObject &data = {})
    {
        add(LintSeverity::Note, rule, line, detail, instead, data);
    }
};

/// The tunnel network that a configuration sets up.
struct ConfiguredNetwork
{
    Prefix network;
    Address server;
    int line = 0;
};

/// From `server`, `server-bridge` or `ifconfig`, the last of them. \returns NotFound without any; Invalid with the line
/// that cannot be read, in payload `line`
[[nodiscard]] Expected<ConfiguredNetwork> configuredNetwork(const ServerConfig &config);

/// The first five of `texts`, and how many more there are.
[[nodiscard]] QString shortened(const QStringList &texts);

/// Who answers clients, and who may be one.
void lintAccess(LintContext &context, const ServerConfig &config);
/// The tunnel device, its network and its pools.
void lintTunnel(LintContext &context, const ServerConfig &config);
/// Routes of the host and of clients, and how stand-ins are translated.
void lintRoutes(LintContext &context, const ServerConfig &config);
/// Scripts, and what happens at a restart.
void lintRunning(LintContext &context, const ServerConfig &config);
/// What is wrong in the rows, whatever the configuration says.
void lintRows(LintContext &context);

} // namespace interlock
