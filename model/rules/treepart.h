// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/prefix.h"

#include <cstddef>
#include <limits>
#include <tuple>
#include <vector>

namespace interlock {

/// A part of the tree that a rule asked about and that its topology does not have: what somebody has to read before the
/// rule can be asked again.
struct TreePart
{
    enum class Kind {
        Chain,     ///< the subnets of `tenant` that contain or equal `prefix`
        Children,  ///< these, and the outermost ones strictly inside of it
        Inside,    ///< these, and all that are inside of it
        Addresses, ///< addresses of `tenant` from `first` to `last`, the lowest `atMost` of them
    };
    static constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

    Kind kind = Kind::Chain;
    QString tenant = {};
    Prefix prefix = {};
    Address first = {};
    Address last = {};
    std::size_t atMost = kAll;

    friend bool operator==(const TreePart &, const TreePart &) = default;
    friend bool operator<(const TreePart &a, const TreePart &b)
    {
        return std::tie(a.tenant, a.kind, a.prefix, a.first, a.last, a.atMost) <
               std::tie(b.tenant, b.kind, b.prefix, b.first, b.last, b.atMost);
    }
};

/// What was asked and is not known. An answer that was given meanwhile is worth nothing.
class TreeNotes
{
public:
    void note(TreePart part);
    void noteWhole() { m_wantsWhole = true; }

    [[nodiscard]] bool isEmpty() const { return m_parts.empty() && !m_wantsWhole; }
    /// True when all of the tree was asked for, or so many parts that all of it is read sooner.
    [[nodiscard]] bool wantsWhole() const { return m_wantsWhole; }
    /// The parts, each once, ascending; afterwards nothing is noted.
    [[nodiscard]] std::vector<TreePart> take();

private:
    std::vector<TreePart> m_parts;
    bool m_wantsWhole = false;
};

} // namespace interlock
