// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/prefix.h"

#include <QString>

#include <memory>
#include <vector>

namespace interlock {

/// A route of somebody else that keeps one of ours out, or leads a part of it elsewhere.
struct ForeignRoute
{
    Prefix wanted;
    Prefix destination; ///< of the route that is there: `wanted`, the network around it that a device is in, or a part
    QString device;     ///< where it leads; empty for a route without a device
    bool isServing = false; ///< it leads to our device, so nothing is missing

    friend bool operator==(const ForeignRoute &, const ForeignRoute &) = default;
};

/// What one reconciliation did. All ascending.
struct KernelRouteChange
{
    std::vector<Prefix> added;
    std::vector<Prefix> removed;
    std::vector<ForeignRoute> foreign; ///< wanted ones that were not added because of a foreign route
    /// Foreign routes to a part of a wanted one that is there, on another device.
    std::vector<ForeignRoute> inside = {};

    friend bool operator==(const KernelRouteChange &, const KernelRouteChange &) = default;
};

/// Routes of this host's kernel, main table. Ours are known by their protocol number and their device; no other is ever
/// changed or removed. Works in the network namespace of the thread that opened it. Not thread-safe; a call takes
/// microseconds a route and waits for nobody but the kernel.
///
/// \source SEMANTICS.md 3; rtnetlink(7)
class KernelRouteTable
{
public:
    /// Marks our routes: `ip route show proto 77`.
    static constexpr int kProtocol = 77;

    /// \returns Unsupported when the system has no rtnetlink
    [[nodiscard]] static Expected<KernelRouteTable> open();

    ~KernelRouteTable();
    KernelRouteTable(KernelRouteTable &&) noexcept;
    KernelRouteTable &operator=(KernelRouteTable &&) noexcept;

    /// Our routes on the device `name`, ascending. \returns BackendUnavailable with payload `device` when there is no
    /// such device
    [[nodiscard]] Expected<std::vector<Prefix>> routes(const QString &name);

    /// Makes `wanted` our routes on the device `name`, without a gateway: adds what is missing, then removes ours that
    /// are not wanted, so that no packet finds a gap. A second call changes nothing. A wanted prefix is not added where
    /// somebody else's route has the same destination, or where it lies inside of a network that another device is
    /// directly connected to, which it would take hosts away from. Somebody else's route to a part of a wanted prefix
    /// is left alone as well, and is reported.
    ///
    /// \returns BackendUnavailable when there is no such device or it is down, ReadOnly without CAP_NET_ADMIN,
    ///          BackendRefused with what the kernel said; payload `device`, `prefix`, and `added` and `removed` with
    ///          what was done before
    [[nodiscard]] Expected<KernelRouteChange> reconcile(const QString &name, const std::vector<Prefix> &wanted);

    /// Removes all of ours from the device. \returns as reconcile()
    [[nodiscard]] Expected<KernelRouteChange> clear(const QString &name) { return reconcile(name, {}); }

private:
    struct Socket;
    explicit KernelRouteTable(std::unique_ptr<Socket> socket);

    std::unique_ptr<Socket> m_socket;
};

} // namespace interlock
