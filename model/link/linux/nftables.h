// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QString>

#include <memory>

struct nft_ctx;

namespace interlock {

/// The packet filter of this host, in the network namespace of the thread. Not thread-safe; a call waits for nobody but
/// the kernel.
class Nftables
{
public:
    /// \returns Unsupported when libnftables gives no context
    [[nodiscard]] static Expected<Nftables> open();

    /// Loads `text`, which `nft -f -` would take, as one transaction: all of it or nothing. \param isDryRun  only
    /// checks it \returns ReadOnly without CAP_NET_ADMIN, BackendRefused with what nft said
    [[nodiscard]] Expected<void> apply(const QString &text, bool isDryRun = false);

    /// The table as `nft list table` prints it; empty when there is none.
    /// \param table  family and name, "ip interlock_host"
    /// \returns as apply()
    [[nodiscard]] Expected<QString> listTable(const QString &table);

private:
    struct Free
    {
        void operator()(nft_ctx *context) const;
    };
    explicit Nftables(std::unique_ptr<nft_ctx, Free> context) : m_context(std::move(context)) {}

    std::unique_ptr<nft_ctx, Free> m_context;
};

} // namespace interlock
