// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/variables.h"

#include <optional>
#include <span>
#include <vector>

namespace interlock {

/// Whom a rule divides its master among.
enum class DivisionKind {
    Device, ///< every device
    Member, ///< every member of a network, whose address there is the first of its first subnet \source CASES.md S10
};

template <>
struct EnumNames<DivisionKind>
{
    static constexpr NameTable<DivisionKind, 2> kTable{
        {{DivisionKind::Device, u"device"}, {DivisionKind::Member, u"member"}}};
};

/// The most subnets of one device: more routes than a network may have are of no use. \source SOURCES Z3
inline constexpr int kMaxDivisionSubnets = static_cast<int>(kMaxSentRoutes);
/// The most addresses in each of them.
inline constexpr int kMaxDivisionAddresses = 1024;

/// Gives every device so many subnets of one length out of a master, each with so many addresses, and tells them to
/// templates as variables that begin with the label.
struct DivisionRule
{
    QString label;  ///< 1 to 32 letters, digits and underscores, no digit first; upper and lower case differ
    Prefix master;  ///< a stored subnet
    int length = 0; ///< of each subnet; 32 or 128: single addresses of the master, and no subnet around them
    int subnetCount = 1;
    int addressCount = 1; ///< in each subnet
    DivisionKind kind = DivisionKind::Device;

    [[nodiscard]] bool isOfSingleAddresses() const { return length == widthOf(master.family()); }
    friend bool operator==(const DivisionRule &, const DivisionRule &) = default;
};

/// Refuses a rule that could never be carried out, or whose variables would have the names of others. `otherLabels` are
/// those of the other rules, and not its own when the rule is stored already.
/// \returns Exists for a label that another rule has; else Invalid with the `field`: "label", "length", "subnetCount",
/// "addressCount"
/// \source CASES.md S4, S5, S7
[[nodiscard]] Expected<void> checkDivisionRule(const DivisionRule &rule, std::span<const QString> otherLabels);

/// Refuses what would pull subnets or addresses from under devices: another master, kind, length or number of subnets,
/// or fewer addresses. More addresses and another label are taken. Does not do what checkDivisionRule() does.
/// \returns Unsupported with the `field`
/// \source CASES.md S6, S7
[[nodiscard]] Expected<void> checkDivisionChange(const DivisionRule &before, const DivisionRule &after);

/// What a device has of a rule, one for each of its subnets.
struct DivisionPart
{
    Prefix subnet; ///< not stored when the rule is of single addresses
    std::vector<Address> addresses;

    friend bool operator==(const DivisionPart &, const DivisionPart &) = default;
};

struct DivisionPlan
{
    QString device;
    bool hasSubnets = true; ///< false: only the addresses are to be stored, as addresses of the master
    std::vector<DivisionPart> parts;

    /// What a member's address in the network is, for DivisionKind::Member. \source CASES.md S10
    [[nodiscard]] Address firstAddress() const { return parts.front().addresses.front(); }
    friend bool operator==(const DivisionPlan &, const DivisionPlan &) = default;
};

/// How many free prefixes, in whatever order, are enough for planDivision(), which may have to pass some over.
[[nodiscard]] std::size_t divisionCandidates(const DivisionRule &rule);

/// What one device gets: the first of `freeChildren` that may be given, in their order, so lowest first fills holes.
/// What is not of the rule's length and in its master is passed over, and so are
/// - the first subnet of the master, which holds the master's own address and mostly the server's;
/// - of single addresses, the network and the broadcast address of the master.
///
/// The rule has been checked.
/// \returns Exhausted when there are not enough of them: with `prefix`, the master, `device`, `length`, `wanted` and
/// `free`; nothing is given then
/// \complexity O(n) in what is looked at
/// \source CASES.md S1, S2, S4, S5
[[nodiscard]] Expected<DivisionPlan> planDivision(const DivisionRule &rule, const QString &device,
                                                  std::span<const Prefix> freeChildren);

/// The lowest `count` addresses of `subnet` that may be handed out and that are not in `taken`, ascending; fewer when
/// there are not so many. Both addresses of a /31 or /127 and the one of a /32 or /128 may be; else neither the network
/// nor the broadcast address of IPv4, nor the first one (subnet-router anycast) of IPv6.
///
/// When a rule has more addresses than before, `taken` are all those that somebody has in the subnet, and `count` is
/// how many more there are.
/// \complexity O((count + taken) log taken)
/// \source CASES.md S5, S6; RFC 3021, RFC 4291 2.6.1, RFC 6164
[[nodiscard]] std::vector<Address> divisionAddresses(const Prefix &subnet, int count,
                                                     std::span<const Address> taken = {});

/// The names of a rule's variables: `<label>_prefixlen`, then for each subnet from 1 `<label>_subnet1` and its
/// addresses `<label>_subnet1_ip1`. Of single addresses there is no `<label>_subnet1`. Rules that differ in nothing but
/// the label have the same names in the same order, so that a rename is a table of two columns.
/// \source CASES.md S1, S5, S7
[[nodiscard]] std::vector<QString> divisionNames(const DivisionRule &rule);

/// The variables of one device, in the order of divisionNames(), for a source of VariableScope::Network. What the
/// device does not have is left out.
[[nodiscard]] std::vector<Variable> divisionVariables(const DivisionRule &rule, std::span<const DivisionPart> parts);

/// The addresses that a new server's subnet sets aside for the server's own services.
struct ServerAddresses
{
    Address radius;     ///< .1 of a /24
    Address controller; ///< .254 of a /24

    friend bool operator==(const ServerAddresses &, const ServerAddresses &) = default;
};

/// The first and the last address that may be handed out. In IPv6 subnets that have so many, the last one is ::fe: the
/// highest ones are reserved for anycast.
/// \returns Invalid when none would be left for a device
/// \source SOURCES Z7; RFC 2526
[[nodiscard]] Expected<ServerAddresses> serverAddresses(const Prefix &subnet);

} // namespace interlock
