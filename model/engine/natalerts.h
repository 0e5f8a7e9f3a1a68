// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/engine/natkeeper.h"
#include "model/engine/sessionregistry.h"

namespace interlock {

/// Shows with the sessions of a connector why this host does not translate for it, as long as that is so.
class NatAlerts
{
public:
    explicit NatAlerts(InstanceName instance) : m_instance(std::move(instance)) {}

    /// Takes the sentences back that hold no more, and shows the new ones. \returns whether a session shows others
    bool replace(NatProblems problems, SessionRegistry &registry);
    /// Shows what is to be said of a session that has just begun.
    void show(LiveSession &session) const;

private:
    const InstanceName m_instance;
    NatProblems m_problems;
};

} // namespace interlock
