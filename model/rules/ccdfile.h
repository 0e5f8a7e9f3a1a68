// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/natpair.h"
#include "model/rules/pushoption.h"
#include "model/values/address.h"
#include "model/values/name.h"
#include "model/values/prefix.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <variant>
#include <vector>

namespace interlock {

/// `ifconfig-push ADDRESS MASK|PEER`.
struct IfconfigPush
{
    Address address;
    std::variant<Prefix, Address> far; ///< the tunnel network (topology subnet) or the peer (net30, p2p)

    friend bool operator==(const IfconfigPush &, const IfconfigPush &) = default;
};

/// `ifconfig-ipv6-push ADDRESS/LENGTH [REMOTE]`.
struct IfconfigIpv6Push
{
    Address address;
    int length = 64;
    std::optional<Address> remote;

    friend bool operator==(const IfconfigIpv6Push &, const IfconfigIpv6Push &) = default;
};

/// What becomes of the client when a line of its file is left out.
enum class CcdSeverity {
    Note, ///< nothing is lost: a line said twice, or replaced by a later one
    Loss, ///< the file asked for something that the rows do not say
};

/// A line that is not represented in a CcdFile.
struct CcdProblem
{
    int line = 0; ///< from 1
    QString text; ///< the line as it can be shown: control characters as '?', at most 254 characters
    CcdSeverity severity = CcdSeverity::Loss;
    QString reason; ///< one English clause, with the canonical form where there is one

    friend bool operator==(const CcdProblem &, const CcdProblem &) = default;
};

/// One file of an OpenVPN client-config-dir, as values. Comments and blank lines have no meaning and are left out;
/// every other line is either a value here or listed in `problems`.
struct CcdFile
{
    std::optional<IfconfigPush> ifconfigPush;
    std::optional<IfconfigIpv6Push> ifconfigIpv6Push;
    std::vector<Prefix> iroutes;     ///< both families, in the file's order, each once
    std::vector<NatPair> clientNats; ///< `push "client-nat snat ..."`
    std::vector<PushOption> pushes;  ///< in the file's order, each once; of single types the last
    std::vector<CcdProblem> problems;

    /// Reads a file as OpenVPN 2.6 does: `#` and `;` comments, quotes, backslashes, a UTF-8 byte order mark, LF or
    /// CRLF, a missing last line end, options with leading `--`, inline blocks. An iroute with host bits is a problem
    /// that names the canonical form, and is left out: OpenVPN does not mask it (openvpn/FACTS.md 22). So is one in
    /// CIDR form, of which OpenVPN makes a /32 (FACTS.md 46). Whether a prefix may be an iroute at all is not decided
    /// here. \returns Limit above 1 MiB or 20,000 lines
    [[nodiscard]] static Expected<CcdFile> parse(const QByteArray &content);

    /// A file of the same meaning; parse() gives the same values. Problems are not written.
    [[nodiscard]] QByteArray toText() const;

    /// The real LANs behind the client: its iroutes, of which those inside a client-nat's stand-in are translated back.
    [[nodiscard]] std::vector<Prefix> lans() const;

    friend bool operator==(const CcdFile &, const CcdFile &) = default;
};

} // namespace interlock
