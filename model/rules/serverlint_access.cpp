// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/serverlint_parts.h"

#include "model/rules/managementendpoint.h"
#include "model/rules/serverfragment.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Where the configuration offers its management interface. `tunnel` and the wildcards are hosts like others here.
Expected<ManagementEndpoint> endpointOf(const ServerDirective &management)
{
    const QString host = management.argument(0);
    const QString port = management.argument(1);
    if (port == u"unix")
        return ManagementEndpoint::parse(u"unix:"_s + host);
    return ManagementEndpoint::parse((host.contains(u':') ? u"tcp:[%1]:%2"_s : u"tcp:%1:%2"_s).arg(host, port));
}

bool isWildcard(const QString &host)
{
    return host == u"0.0.0.0" || host == u"::";
}

/// How much the console's endpoint differs from the server's; none when it leads there.
std::optional<LintSeverity> difference(const ManagementEndpoint &found, const ManagementEndpoint &expected)
{
    if (found == expected)
        return std::nullopt;
    if (found.isUnix() || expected.isUnix() || found.port() != expected.port())
        return LintSeverity::Error;
    const bool isSameMachine = isWildcard(found.host()) || (found.isLoopback() && expected.isLoopback());
    return isSameMachine ? std::nullopt
                         : std::optional(LintSeverity::Warning); // a name and an address may still be one host
}

void lintExposure(LintContext &context, const ServerDirective &management, const ManagementEndpoint &endpoint,
                  const ServerConfig &config)
{
    const bool hasPassword = management.arguments.size() > 2;
    const QJsonObject data{{u"management"_s, endpoint.toString()}};
    if (!endpoint.isLoopback()) {
        context.add(
            hasPassword ? LintSeverity::Warning : LintSeverity::Error, LintRule::ManagementExposed, management.line,
            u"%1 can be reached from other machines%2; it is clear text, and who reaches it commands the server"_s.arg(
                endpoint.toString(), hasPassword ? QString() : u" without a password"_s),
            u"management /run/openvpn/%1.sock unix"_s.arg(context.instance.name.toString()), data);
    } else if (!endpoint.isUnix() && !hasPassword) {
        context.warning(LintRule::ManagementExposed, management.line,
                        u"every user of this machine can command the server through %1"_s.arg(endpoint.toString()),
                        management.toString() + u" /etc/openvpn/management-password"_s, data);
    } else if (endpoint.isUnix() && !hasPassword && !config.has(u"management-client-user") &&
               !config.has(u"management-client-group")) {
        context.note(LintRule::ManagementExposed, management.line,
                     u"the rights of the socket alone decide who can command the server"_s,
                     u"management-client-user interlock"_s, data);
    }
}

void lintPassword(LintContext &context, const ServerDirective &management)
{
    const bool hasPassword = management.arguments.size() > 2;
    const QString file = context.instance.passwordFile;
    if (hasPassword && file.isEmpty()) {
        context.error(LintRule::ManagementPassword, management.line,
                      u"the server asks for a password and the instance names no file with one"_s,
                      u"interlockctl instance set %1 --password-file %2"_s.arg(context.instance.name.toString(),
                                                                               management.argument(2)));
    } else if (!hasPassword && !file.isEmpty()) {
        context.note(LintRule::ManagementPassword, management.line,
                     u"the instance names a password file, but the server asks for no password"_s,
                     managementDirective(context.instance));
    }
}

void lintManagement(LintContext &context, const ServerConfig &config)
{
    if (const auto *client = config.lastOrNull(u"management-client")) {
        context.error(LintRule::ManagementClient, client->line,
                      u"the server connects to a console by itself; this console connects to the server"_s,
                      managementDirective(context.instance));
    }
    const auto *management = config.lastOrNull(u"management");
    if (!management) {
        context.error(LintRule::ManagementMissing, {},
                      u"there is no management interface: the console cannot reach this server"_s,
                      managementDirective(context.instance));
        return;
    }
    const auto endpoint = endpointOf(*management);
    if (!endpoint) {
        context.error(LintRule::ManagementDiffers, management->line,
                      u"this management interface cannot be read: "_s + endpoint.error().detail,
                      managementDirective(context.instance));
        return;
    }
    const auto expected = ManagementEndpoint::parse(context.instance.management);
    if (const auto severity = expected ? difference(*endpoint, *expected) : std::optional(LintSeverity::Error)) {
        context.add(*severity, LintRule::ManagementDiffers, management->line,
                    u"the server listens on %1 and the console looks for it at %2"_s.arg(endpoint->toString(),
                                                                                         context.instance.management),
                    managementDirective(context.instance),
                    {{u"expected"_s, context.instance.management}, {u"found"_s, endpoint->toString()}});
    }
    lintExposure(context, *management, *endpoint, config);
    lintPassword(context, *management);
}

void lintAuthentication(LintContext &context, const ServerConfig &config)
{
    if (!config.has(u"management-client-auth")) {
        context.error(
            LintRule::ManagementClientAuth, {},
            u"clients are let in without asking the console: they get no LANs, no routes and no address from it"_s,
            u"management-client-auth"_s);
    }
    if (!config.has(u"auth-user-pass-optional")) {
        // openvpn/FACTS.md 26
        context.error(
            LintRule::AuthUserPassOptional, {},
            u"management-client-auth makes a user name compulsory: a client with a certificate only is turned "
            "away, and the console never hears of it"_s,
            u"auth-user-pass-optional"_s);
    }
    if (!config.has(u"management-hold")) {
        context.note(LintRule::ManagementHold, {},
                     u"clients that connect while no console is attached wait up to 60 seconds and try again; with "
                     "management-hold the server waits for the console at its start"_s,
                     u"management-hold"_s);
    }
    if (const auto *signal = config.lastOrNull(u"management-signal")) {
        context.error(LintRule::ManagementSignal, signal->line,
                      u"the server restarts itself, and cuts everybody off, whenever the console is restarted"_s,
                      u"remove this line"_s);
    }
}

/// What makes a common name something else than the name in a certificate that was checked.
void lintIdentity(LintContext &context, const ServerConfig &config)
{
    if (const auto *name = config.lastOrNull(u"username-as-common-name")) {
        context.error(
            LintRule::UsernameAsCommonName, name->line,
            u"who connects is known by a user name that nobody checks: any client could take the LANs of another"_s,
            u"remove this line"_s);
    }
    const auto *verify = config.lastOrNull(u"verify-client-cert");
    if (!verify)
        verify = config.lastOrNull(u"client-cert-not-required");
    if (verify && verify->argument(0) != u"require") {
        context.error(LintRule::VerifyClientCert, verify->line,
                      u"a client without a certificate is let in, and the certificate is all that says who it is"_s,
                      u"verify-client-cert require"_s);
    }
    if (const auto *duplicate = config.lastOrNull(u"duplicate-cn")) {
        context.error(
            LintRule::DuplicateCn, duplicate->line,
            u"two clients with one common name get one address and the same LANs: the later one silently wins"_s,
            u"remove this line, and give each client a certificate of its own"_s);
    }
}

void lintWriters(LintContext &context, const ServerConfig &config)
{
    for (const ServerDirective &directive : config.directives()) {
        const QString &name = directive.name;
        if (name == u"client-config-dir") {
            context.warning(
                LintRule::TwoWriters, directive.line,
                u"files in %1 and the console both tell a client what it is; neither knows of the other"_s.arg(
                    directive.argument(0)),
                u"interlockctl ccd import %1 --instance %2, then remove this line"_s.arg(
                    directive.argument(0), context.instance.name.toString()));
        } else if (name == u"client-connect" || name == u"auth-user-pass-verify") {
            context.warning(
                LintRule::TwoWriters, directive.line,
                u"the script of %1 and the console both decide on a client; neither knows of the other"_s.arg(name),
                u"remove this line"_s);
        } else if (name == u"config") {
            context.note(LintRule::IncludedFile, directive.line,
                         u"the file %1 is read at this place by OpenVPN and was not looked at here"_s.arg(
                             directive.argument(0)));
        }
    }
}

} // namespace

void lintAccess(LintContext &context, const ServerConfig &config)
{
    const auto *mode = config.lastOrNull(u"mode");
    if (!config.has(u"server") && !config.has(u"server-bridge") && !(mode && mode->argument(0) == u"server")) {
        const auto *client = config.lastOrNull(u"client");
        context.error(LintRule::NotAServer, client ? std::optional(client->line) : std::nullopt,
                      u"this is not the configuration of a server for many clients"_s,
                      networkDirectives(context.instance).join(u'\n'));
    }
    lintManagement(context, config);
    lintAuthentication(context, config);
    lintIdentity(context, config);
    lintWriters(context, config);
}

} // namespace interlock
