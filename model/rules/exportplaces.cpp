// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/exportplaces.h"

#include <QHash>

#include <algorithm>

namespace interlock {

namespace {

/// Something that lies somewhere: a subnet, or an address as the prefix that it is.
struct Placed
{
    Prefix prefix;
    const QString *tenant;
    bool isContainer;
    std::size_t index; ///< where its place is written
};

/// What contains the present place, for each tenant: thousands of them may have the same prefixes.
class OpenSubnets
{
public:
    [[nodiscard]] std::optional<Prefix> innermost(const Placed &one)
    {
        const auto ours = narrowed(*one.tenant, one.prefix);
        const auto shared = narrowed(QString(), one.prefix);
        if (ours && shared)
            return std::max(*ours, *shared, [](const Prefix &a, const Prefix &b) { return a.length() < b.length(); });
        return ours ? ours : shared;
    }
    void open(const Placed &one) { m_open[*one.tenant].push_back(one.prefix); }

private:
    std::optional<Prefix> narrowed(const QString &tenant, const Prefix &place)
    {
        std::vector<Prefix> &open = m_open[tenant];
        while (!open.empty() && !open.back().contains(place))
            open.pop_back();
        return open.empty() ? std::nullopt : std::optional(open.back());
    }

    QHash<QString, std::vector<Prefix>> m_open;
};

/// Walks over all of it in the order of prefixes, in which everything that contains something comes before it.
void findPlaces(std::vector<Placed> &all, std::vector<std::optional<Prefix>> &ofSubnets,
                std::vector<std::optional<Prefix>> &ofAddresses)
{
    std::ranges::stable_sort(all, {}, &Placed::prefix);
    OpenSubnets open;
    for (const Placed &one : all) {
        (one.isContainer ? ofSubnets : ofAddresses)[one.index] = open.innermost(one);
        if (one.isContainer)
            open.open(one);
    }
}

std::vector<Placed> placed(const std::vector<SubnetRow> &subnets)
{
    std::vector<Placed> all;
    all.reserve(subnets.size());
    for (std::size_t i = 0; i < subnets.size(); ++i)
        all.push_back({subnets[i].prefix, &subnets[i].tenant, true, i});
    return all;
}

} // namespace

std::vector<std::optional<Prefix>> parentsAmong(const std::vector<SubnetRow> &subnets)
{
    std::vector<std::optional<Prefix>> parents(subnets.size());
    std::vector<std::optional<Prefix>> none;
    std::vector<Placed> all = placed(subnets);
    findPlaces(all, parents, none);
    return parents;
}

std::vector<std::optional<Prefix>> placesAmong(const std::vector<AddressRow> &addresses,
                                               const std::vector<SubnetRow> &subnets)
{
    std::vector<std::optional<Prefix>> places(addresses.size());
    std::vector<std::optional<Prefix>> parents(subnets.size());
    std::vector<Placed> all = placed(subnets);
    for (std::size_t i = 0; i < addresses.size(); ++i)
        all.push_back({Prefix::host(addresses[i].address), &addresses[i].tenant, false, i});
    findPlaces(all, parents, places);
    return places;
}

} // namespace interlock
