// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/routemerge.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace interlock {

namespace {

struct LiveEntry
{
    RouteText text;
    std::optional<Route> route; ///< none: the text is no route
    bool isOurs = false;
};

/// The live entries of one planned target, by what they are; positions in the live list.
struct TargetEntries
{
    Route planned;
    std::vector<std::size_t> exactOurs = {};
    std::vector<std::size_t> otherOurs = {};
    std::vector<std::size_t> exactForeign = {};
    std::vector<std::size_t> otherForeign = {};

    [[nodiscard]] bool hasOtherGateway() const { return !otherOurs.empty() || !otherForeign.empty(); }
};

/// The target that an entry which is no route probably means. A controller reads a target without a length as one of
/// length 0, so that such a text means nothing that we could plan.
std::optional<Prefix> maskedTarget(const RouteText &text)
{
    if (!text.target.contains(u'/'))
        return std::nullopt;
    const auto prefix = Prefix::parseMasked(text.target);
    return prefix ? std::optional(*prefix) : std::nullopt;
}

bool isSame(const RouteText &a, const RouteText &b)
{
    if (a == b)
        return true;
    const auto route = a.route();
    return route && route == b.route();
}

/// Collects the change of each entry, then brings them in order.
class Merging
{
public:
    Merging(std::span<const Route> owned, std::span<const Route> plan, std::span<const RouteText> live,
            const MergeDecisions &decisions)
        : m_decisions(decisions)
    {
        for (const Route &route : plan) {
            if (m_targets.try_emplace(route.target, TargetEntries{.planned = route}).second)
                m_plan.push_back(route);
        }
        for (const Route &route : owned)
            m_ownedTargets.insert(route.target);
        readLive(owned, live);
        m_outcome.resize(m_live.size());
    }

    RouteMerge merge()
    {
        for (const Route &route : m_plan)
            decide(m_targets.at(route.target));
        for (std::size_t at = 0; at < m_live.size(); ++at) {
            if (!m_outcome[at])
                leaveToOthers(at);
        }
        listChanges();
        listGone();
        listRoutes();
        warn();
        m_merge.needs.assign(m_needs.begin(), m_needs.end());
        return std::move(m_merge);
    }

private:
    struct Outcome
    {
        RouteChange change;
        bool isPlaced = false; ///< it is in our part of the list
    };
    struct Placed
    {
        std::optional<std::size_t> live; ///< none of an addition
        RouteChange change;
    };

    void readLive(std::span<const Route> owned, std::span<const RouteText> live)
    {
        std::set<Route> missing(owned.begin(), owned.end());
        for (const RouteText &text : live) {
            LiveEntry entry{text, text.route()};
            entry.isOurs = entry.route && missing.erase(*entry.route) > 0;
            if (entry.isOurs)
                m_liveOwnedTargets.insert(entry.route->target);
            if (entry.route)
                sortIn(m_live.size(), entry);
            m_live.push_back(std::move(entry));
        }
        m_missing.assign(missing.begin(), missing.end());
    }

    void sortIn(std::size_t at, const LiveEntry &entry)
    {
        const auto hit = m_targets.find(entry.route->target);
        if (hit == m_targets.end())
            return;
        TargetEntries &entries = hit->second;
        const bool isExact = *entry.route == entries.planned;
        auto &list = entry.isOurs ? (isExact ? entries.exactOurs : entries.otherOurs)
                                  : (isExact ? entries.exactForeign : entries.otherForeign);
        list.push_back(at);
    }

    [[nodiscard]] bool isDrifted(const Prefix &target) const
    {
        return m_ownedTargets.contains(target) && !m_liveOwnedTargets.contains(target);
    }

    void decide(const TargetEntries &entries)
    {
        if (!entries.exactForeign.empty())
            m_needs.insert(ApplyNeed::Adopt);
        if (!entries.otherForeign.empty())
            m_needs.insert(ApplyNeed::ReplaceForeign);
        if (entries.hasOtherGateway())
            m_needs.insert(ApplyNeed::Regateway);
        const bool isHeld = (!entries.exactForeign.empty() && !m_decisions.isAdopting) ||
                            (!entries.otherForeign.empty() && !m_decisions.isReplacingForeign);
        if (isHeld)
            hold(entries);
        else
            replace(entries);
    }

    /// Leaves the entries of a target as they are until somebody decides.
    void hold(const TargetEntries &entries)
    {
        const Route &planned = entries.planned;
        const auto keep = [&](const std::vector<std::size_t> &list, RouteChangeKind kind, bool isOurs) {
            for (const std::size_t at : list) {
                const RouteText &text = m_live[at].text;
                const RouteChange change{kind, text, text, planned, true, isDrifted(planned.target)};
                m_outcome[at] = Outcome{change, isOurs};
                if (isOurs) {
                    m_placed.push_back({at, change});
                    m_merge.ownedAfter.push_back(*m_live[at].route);
                }
            }
        };
        keep(entries.exactOurs, RouteChangeKind::Keep, true);
        keep(entries.otherOurs, RouteChangeKind::Regateway, true);
        keep(entries.exactForeign, RouteChangeKind::Adopt, false);
        keep(entries.otherForeign, RouteChangeKind::Conflict, false);
    }

    /// The planned route takes the place of every entry of its target.
    void replace(const TargetEntries &entries)
    {
        const Route &planned = entries.planned;
        std::optional<Placed> placed;
        const bool isDrift = isDrifted(planned.target);
        const auto take = [&](const std::vector<std::size_t> &list, RouteChangeKind kind) {
            for (const std::size_t at : list) {
                RouteChange change{kind, m_live[at].text, std::nullopt, planned, false, isDrift};
                if (!placed) {
                    change.route = RouteText::of(planned);
                    placed = Placed{at, change};
                }
                m_outcome[at] = Outcome{std::move(change), placed->live == at};
            }
        };
        take(entries.exactOurs, RouteChangeKind::Keep);
        take(entries.exactForeign, RouteChangeKind::Adopt);
        take(entries.otherOurs, RouteChangeKind::Regateway);
        take(entries.otherForeign, RouteChangeKind::Conflict);
        if (!placed) {
            placed = Placed{std::nullopt,
                            {RouteChangeKind::Add, std::nullopt, RouteText::of(planned), planned, false, isDrift}};
        }
        m_placed.push_back(std::move(*placed));
        m_merge.ownedAfter.push_back(planned);
        if (entries.hasOtherGateway()) {
            m_regatewayed.insert(planned.target);
            m_merge.regatewayed.push_back(planned.target);
        }
    }

    /// An entry whose target is not planned: ours goes, another's stays.
    void leaveToOthers(std::size_t at)
    {
        const LiveEntry &entry = m_live[at];
        RouteChange change{RouteChangeKind::Foreign, entry.text, entry.text};
        if (entry.isOurs) {
            change.kind = RouteChangeKind::Remove;
            change.route.reset();
            m_needs.insert(ApplyNeed::Removals);
        } else {
            change.isDrift = entry.route && isDrifted(entry.route->target);
        }
        m_outcome[at] = Outcome{std::move(change)};
    }

    /// Brings the changes in the order of sending, and each that goes behind the entry which it followed.
    void listChanges()
    {
        std::vector<std::vector<std::size_t>> goesBehind(m_live.size() + 1); // [0]: before everything
        std::size_t anchor = 0;
        for (std::size_t at = 0; at < m_live.size(); ++at) {
            if (m_outcome[at]->change.route)
                anchor = at + 1;
            else
                goesBehind[anchor].push_back(at);
        }
        const auto listGoing = [&](std::size_t behind) {
            for (const std::size_t at : goesBehind[behind])
                m_merge.changes.push_back(m_outcome[at]->change);
        };
        const auto list = [&](const RouteChange &change, const std::optional<std::size_t> &live) {
            m_merge.changes.push_back(change);
            if (!live)
                return;
            m_merge.isReordered = m_merge.isReordered || *live < m_lastListed;
            m_lastListed = *live;
            listGoing(*live + 1);
        };
        listGoing(0);
        for (const Placed &placed : m_placed)
            list(placed.change, placed.live);
        for (std::size_t at = 0; at < m_live.size(); ++at) {
            if (m_outcome[at]->change.route && !m_outcome[at]->isPlaced)
                list(m_outcome[at]->change, at);
        }
    }

    void listGone()
    {
        for (const Route &route : m_missing) {
            if (m_targets.contains(route.target))
                continue; // its planned successor says so
            RouteChange change{RouteChangeKind::Gone, RouteText::of(route)};
            change.isDrift = true;
            m_merge.changes.push_back(std::move(change));
        }
    }

    void listRoutes()
    {
        std::vector<RouteText> first;
        for (const RouteChange &change : m_merge.changes) {
            if (!change.route)
                continue;
            m_merge.desired.push_back(*change.route);
            if (!change.planned || !m_regatewayed.contains(change.planned->target))
                first.push_back(*change.route);
        }
        if (!m_regatewayed.empty())
            m_merge.first = std::move(first);
        m_merge.isEqual = std::ranges::equal(m_merge.desired, m_live,
                                             [](const RouteText &a, const LiveEntry &b) { return isSame(a, b.text); });
    }

    void warn()
    {
        std::set<Prefix> leaving;
        for (const RouteChange &change : m_merge.changes) {
            if (change.kind == RouteChangeKind::Remove)
                leaving.insert(change.was->route()->target);
        }
        for (const LiveEntry &entry : m_live) {
            if (entry.isOurs)
                continue;
            const auto target = entry.route ? entry.route->target : maskedTarget(entry.text);
            if (!target)
                continue;
            if (!entry.route && m_targets.contains(*target))
                m_merge.warnings.push_back({RouteMergeWarningKind::NearTarget, entry.text, *target});
            if (leaving.contains(*target))
                m_merge.warnings.push_back({RouteMergeWarningKind::StuckGateway, entry.text, *target});
        }
    }

    MergeDecisions m_decisions;
    std::vector<Route> m_plan; ///< one for each target
    std::map<Prefix, TargetEntries> m_targets;
    std::vector<LiveEntry> m_live;
    std::set<Prefix> m_ownedTargets;
    std::set<Prefix> m_liveOwnedTargets; ///< of entries of ours that are there
    std::vector<Route> m_missing;        ///< ours that are not
    std::vector<std::optional<Outcome>> m_outcome;
    std::vector<Placed> m_placed; ///< our part of the list
    std::set<Prefix> m_regatewayed;
    std::set<ApplyNeed> m_needs;
    std::size_t m_lastListed = 0;
    RouteMerge m_merge;
};

} // namespace

RouteMerge mergeRoutes(std::span<const Route> owned, std::span<const Route> plan, std::span<const RouteText> live,
                       const MergeDecisions &decisions)
{
    return Merging(owned, plan, live, decisions).merge();
}

} // namespace interlock
