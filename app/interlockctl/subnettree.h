// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/subnetqueries.h"

#include <QJsonArray>
#include <QString>

#include <vector>

namespace interlock {

/// A piece of the tree of subnets as it is shown: stored rows, each below its parent among them, and what the OpenVPN
/// side adds.
class SubnetTreeText
{
public:
    /// `rows` as listSubnets() gives them; each of `derived` is shown below the innermost that contains it.
    SubnetTreeText(std::vector<SubnetRow> rows, std::vector<DerivedSubnet> derived);

    /// With lines drawn from parent to child.
    [[nodiscard]] QString toString() const;
    /// Each row with `children` and `derived`.
    [[nodiscard]] QJsonArray toJson() const;

private:
    void draw(const std::vector<std::size_t> &nodes, const std::vector<std::size_t> &derived, const QString &indent,
              QStringList &lines) const;
    [[nodiscard]] QJsonArray json(const std::vector<std::size_t> &nodes) const;

    std::vector<SubnetRow> m_rows;
    std::vector<DerivedSubnet> m_derived;
    std::vector<std::vector<std::size_t>> m_children;
    std::vector<std::vector<std::size_t>> m_derivedOf;
    std::vector<std::size_t> m_roots;
    std::vector<std::size_t> m_derivedRoots;
};

/// "pool of berlin" and the like.
[[nodiscard]] QString derivedText(const DerivedSubnet &derived);
[[nodiscard]] QJsonObject derivedJson(const DerivedSubnet &derived);

} // namespace interlock
