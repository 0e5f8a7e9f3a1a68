// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/divisionrule.h"

#include "model/rules/subnetplacement.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr qsizetype kMaxLabel = 32;

tl::unexpected<Error> refused(const QString &field, const QString &why, ErrorKind kind = ErrorKind::Invalid)
{
    return fail(kind, why, {{u"field"_s, field}});
}

uint128 usableCount(const Prefix &prefix)
{
    const auto [first, last] = usableRange(prefix);
    return last.value() - first.value() + 1;
}

QString subnetName(const QString &label, std::size_t subnet)
{
    return u"%1_subnet%2"_s.arg(label).arg(subnet);
}

QString addressName(const QString &label, std::size_t subnet, std::size_t address)
{
    return u"%1_subnet%2_ip%3"_s.arg(label).arg(subnet).arg(address);
}

QString lengthName(const QString &label)
{
    return label + u"_prefixlen"_s;
}

Expected<void> checkLabel(const QString &label, std::span<const QString> others)
{
    const auto name = checkVariableName(label);
    if (!name || label.size() > kMaxLabel)
        return refused(u"label"_s, u"'%1' is not a label: 1 to 32 letters, digits and underscores are expected, no "
                                   "digit first"_s.arg(QStringView(label).left(80)));
    if (std::find(others.begin(), others.end(), label) != others.end())
        return refused(u"label"_s, u"another division rule has the label %1"_s.arg(label), ErrorKind::Exists);
    // What networks say has names that end alike: vpn_child_prefixlen, and vpn_name_subnet1 of a network "subnet1".
    for (const QString &example : {lengthName(label), subnetName(label, 1), addressName(label, 1, 1)}) {
        if (isNetworkVariableName(example))
            return refused(u"label"_s,
                           u"with the label %1, %2 would be the name of a network's variable"_s.arg(label, example));
    }
    return {};
}

/// That the subnets are inside of the master, and as many as the rule wants of them.
Expected<void> checkSubnets(const DivisionRule &rule)
{
    const int width = widthOf(rule.master.family());
    const bool isLongEnough = rule.length > rule.master.length() || rule.isOfSingleAddresses();
    if (rule.length > width || !isLongEnough)
        return refused(u"length"_s,
                       u"subnets of %1 have lengths from %2 to %3, not %4"_s.arg(
                           rule.master.toString(), QString::number(std::min(rule.master.length() + 1, width)),
                           QString::number(width), QString::number(rule.length)));
    if (rule.subnetCount < 1 || rule.subnetCount > kMaxDivisionSubnets)
        return refused(
            u"subnetCount"_s,
            u"a device gets 1 to %1 subnets of a rule, not %2"_s.arg(kMaxDivisionSubnets).arg(rule.subnetCount));
    const int bits = rule.length - rule.master.length();
    const uint128 there = rule.isOfSingleAddresses() ? usableCount(rule.master)
                          : bits >= 32               ? uint128{0xffff'ffffU}
                                                     : (uint128{1} << static_cast<unsigned>(bits)) - 1;
    if (there < static_cast<uint128>(rule.subnetCount))
        return refused(u"subnetCount"_s, u"%1 has %2 of length %3 to give, and one device would need %4"_s.arg(
                                             rule.master.toString(), QString::number(static_cast<quint64>(there)),
                                             QString::number(rule.length), QString::number(rule.subnetCount)));
    return {};
}

/// True if `child` is one that planDivision() may give to a device.
bool isGivable(const DivisionRule &rule, const Prefix &child)
{
    if (child.length() != rule.length || !rule.master.contains(child))
        return false;
    if (!rule.isOfSingleAddresses())
        return child.first() != rule.master.first();
    const auto [first, last] = usableRange(rule.master);
    return child.first() >= first && child.first() <= last;
}

} // namespace

Expected<void> checkDivisionRule(const DivisionRule &rule, std::span<const QString> otherLabels)
{
    if (auto checked = checkLabel(rule.label, otherLabels); !checked)
        return checked;
    if (auto checked = checkSubnets(rule); !checked)
        return checked;
    if (rule.addressCount < 1 || rule.addressCount > kMaxDivisionAddresses)
        return refused(
            u"addressCount"_s,
            u"a subnet of a rule has 1 to %1 addresses, not %2"_s.arg(kMaxDivisionAddresses).arg(rule.addressCount));
    const uint128 usable = usableCount(Prefix(rule.master.first(), rule.length));
    if (usable < static_cast<uint128>(rule.addressCount))
        return refused(u"addressCount"_s, u"a /%1 has %2 addresses to give, not %3"_s.arg(rule.length)
                                              .arg(static_cast<quint64>(usable))
                                              .arg(rule.addressCount));
    return {};
}

Expected<void> checkDivisionChange(const DivisionRule &before, const DivisionRule &after)
{
    const auto kept = [&before](const QString &field, const QString &what) {
        return refused(
            field,
            u"the %1 of the division rule %2 cannot be changed: devices have what it gave"_s.arg(what, before.label),
            ErrorKind::Unsupported);
    };
    if (before.master != after.master)
        return kept(u"master"_s, u"master"_s);
    if (before.kind != after.kind)
        return kept(u"kind"_s, u"kind"_s);
    if (before.length != after.length)
        return kept(u"length"_s, u"size"_s);
    if (before.subnetCount != after.subnetCount)
        return kept(u"subnetCount"_s, u"number of subnets"_s);
    if (after.addressCount < before.addressCount)
        return refused(u"addressCount"_s,
                       u"the division rule %1 gives %2 addresses in each subnet, and devices have them: not fewer"_s
                           .arg(before.label)
                           .arg(before.addressCount),
                       ErrorKind::Unsupported);
    return {};
}

std::size_t divisionCandidates(const DivisionRule &rule)
{
    return static_cast<std::size_t>(rule.subnetCount) + (rule.isOfSingleAddresses() ? 2 : 1);
}

Expected<DivisionPlan> planDivision(const DivisionRule &rule, const QString &device,
                                    std::span<const Prefix> freeChildren)
{
    DivisionPlan plan{device, !rule.isOfSingleAddresses(), {}};
    const auto wanted = static_cast<std::size_t>(rule.subnetCount);
    for (const Prefix &child : freeChildren) {
        if (plan.parts.size() == wanted)
            break;
        const bool isNew = std::none_of(plan.parts.begin(), plan.parts.end(),
                                        [&child](const DivisionPart &part) { return part.subnet == child; });
        if (isNew && isGivable(rule, child))
            plan.parts.push_back({child, divisionAddresses(child, rule.addressCount)});
    }
    if (plan.parts.size() == wanted)
        return plan;
    const auto found = static_cast<qint64>(plan.parts.size());
    return fail(ErrorKind::Exhausted,
                u"%1 has %2 free of length %3, and %4 of them were wanted for %5: it was given none"_s.arg(
                    rule.master.toString(), QString::number(found), QString::number(rule.length),
                    QString::number(rule.subnetCount), device),
                {{u"prefix"_s, rule.master.toString()},
                 {u"device"_s, device},
                 {u"length"_s, rule.length},
                 {u"wanted"_s, rule.subnetCount},
                 {u"free"_s, found}});
}

std::vector<Address> divisionAddresses(const Prefix &subnet, int count, std::span<const Address> taken)
{
    std::vector<Address> sorted(taken.begin(), taken.end());
    std::sort(sorted.begin(), sorted.end());
    const auto [first, last] = usableRange(subnet);
    std::vector<Address> found;
    for (uint128 value = first.value(); std::ssize(found) < count; ++value) {
        const Address address(subnet.family(), value);
        if (!std::binary_search(sorted.begin(), sorted.end(), address))
            found.push_back(address);
        if (value == last.value())
            break;
    }
    return found;
}

std::vector<QString> divisionNames(const DivisionRule &rule)
{
    std::vector<QString> names{lengthName(rule.label)};
    for (std::size_t subnet = 1; subnet <= static_cast<std::size_t>(rule.subnetCount); ++subnet) {
        if (!rule.isOfSingleAddresses())
            names.push_back(subnetName(rule.label, subnet));
        for (std::size_t address = 1; address <= static_cast<std::size_t>(rule.addressCount); ++address)
            names.push_back(addressName(rule.label, subnet, address));
    }
    return names;
}

std::vector<Variable> divisionVariables(const DivisionRule &rule, std::span<const DivisionPart> parts)
{
    std::vector<Variable> variables{{lengthName(rule.label), QString::number(rule.length)}};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const DivisionPart &part = parts[i];
        if (!rule.isOfSingleAddresses())
            variables.push_back({subnetName(rule.label, i + 1), part.subnet.toString()});
        for (std::size_t j = 0; j < part.addresses.size(); ++j)
            variables.push_back({addressName(rule.label, i + 1, j + 1), part.addresses[j].toString()});
    }
    return variables;
}

Expected<ServerAddresses> serverAddresses(const Prefix &subnet)
{
    if (usableCount(subnet) < 3)
        return fail(ErrorKind::Invalid,
                    u"%1 is too small for a server: two addresses are its own, and none is left for a device"_s.arg(
                        subnet.toString()),
                    {{u"field"_s, u"prefix"_s}, {u"prefix"_s, subnet.toString()}});
    const auto [first, last] = usableRange(subnet);
    constexpr unsigned kLowOfIPv6 = 0xfe;
    if (!subnet.isIPv4() && last.value() - first.value() >= kLowOfIPv6)
        return ServerAddresses{first, Address(subnet.family(), subnet.first().value() + kLowOfIPv6)};
    return ServerAddresses{first, last};
}

} // namespace interlock
