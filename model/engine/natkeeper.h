// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/engine/topologymirror.h"
#include "model/link/linux/nftables.h"

#include <QObject>
#include <QStringList>
#include <QTimer>

#include <map>
#include <optional>

namespace interlock {

/// Sentences for the operator, by connector.
using NatProblems = std::map<CommonName, QStringList>;

/// Keeps this host's own table of translation rules as the rows of connectors with `translation host` want it: what
/// `interlockctl nat reconcile` does once, whenever a row changes, and when somebody else took the table away. Loads
/// nothing twice, touches no other table, and does nothing at all on a host where there is nothing to translate.
///
/// \source SEMANTICS.md 3; openvpn/FACTS.md 10, 13
class NatKeeper : public QObject
{
    Q_OBJECT

public:
    /// The mirror must outlive it.
    explicit NatKeeper(TopologyMirror &mirror, QObject *parent = nullptr);

    /// Soon, all that changed since in one go.
    void touch();
    /// What is not translated, and why: refused by the rules, or by this host.
    [[nodiscard]] const NatProblems &problems() const { return m_problems; }

Q_SIGNALS:
    /// problems() are others than before.
    void problemsChanged();

private:
    void reconcile();
    [[nodiscard]] Expected<void> load(const QString &text, bool hasRules);

    TopologyMirror &m_mirror;
    std::optional<Nftables> m_tables;
    NatProblems m_problems;
    QString m_loaded; ///< the text of the last load
    QString m_listed; ///< the table as the kernel had it then
    QString m_said;   ///< the last complaint in the log
    QTimer m_soon;
    QTimer m_again;
};

} // namespace interlock
