// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/wiring/storehandle.h"
#include "model/store/livestore.h"
#include "model/store/store.h"

namespace interlock {

namespace {

class OwnedStore final : public StoreHandle
{
public:
    explicit OwnedStore(std::unique_ptr<Store> store) : m_store(std::move(store)) {}

    [[nodiscard]] CommandGateway &gateway() override { return *m_store; }
    [[nodiscard]] ImportGateway &imports() override { return *m_store; }
    [[nodiscard]] Queries &queries() override { return *m_store; }
    [[nodiscard]] StoreUpkeep &upkeep() override { return *m_store; }
    [[nodiscard]] MacMap &macs() override { return *m_store; }
    [[nodiscard]] Leases &leases() override { return m_store->live(); }
    [[nodiscard]] LiveFeed &live() override { return m_store->live(); }
    [[nodiscard]] Operations &operations() override { return m_store->live(); }
    [[nodiscard]] NetworkArchive &archive() override { return m_store->live(); }
    [[nodiscard]] ChangeFeed &feed() override { return m_store->feed(); }

private:
    std::unique_ptr<Store> m_store;
};

} // namespace

Expected<std::unique_ptr<StoreHandle>> openStore(const QString &url, OpenMode mode)
{
    const auto parsed = StoreUrl::parse(url);
    if (!parsed)
        return fail(parsed.error());
    auto store =
        Store::open(*parsed, mode == OpenMode::CreateIfMissing ? Store::Opening::Create : Store::Opening::Existing);
    if (!store)
        return fail(store.error());
    return std::make_unique<OwnedStore>(*std::move(store));
}

} // namespace interlock
