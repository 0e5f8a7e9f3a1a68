// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/interlockctl/answer.h"
#include "app/wiring/storehandle.h"
#include "model/rules/topology.h"

#include <type_traits>

namespace interlock {

/// What a verb works with: the store, opened when it is first needed, and who asks. It waits for every answer: this
/// program has nothing else to do meanwhile.
class Session
{
public:
    Session(QString storeUrl, QString actor) : m_url(std::move(storeUrl)), m_actor(std::move(actor)) {}

    [[nodiscard]] const QString &url() const { return m_url; }
    [[nodiscard]] const QString &actor() const { return m_actor; }
    [[nodiscard]] static Timestamp now();

    /// The store, opened and migrated. \returns as openStore()
    [[nodiscard]] Expected<StoreHandle *> store();

    /// Submits the command, or previews it in a dry run.
    [[nodiscard]] Expected<Receipt> edit(Command command, const EditOptions &options);

    /// What `look(topology)` returns, on the store's thread; `look` may also return an Expected.
    template <typename Look>
    [[nodiscard]] auto look(Look look)
    {
        using Result = std::invoke_result_t<Look, Topology &>;
        return lookInto<Result>([&look](Topology &topology) -> Expected<Result> { return look(topology); });
    }
    template <typename Look>
    [[nodiscard]] auto tryLook(Look look)
    {
        using Result = typename std::invoke_result_t<Look, Topology &>::value_type;
        return lookInto<Result>(std::move(look));
    }

    template <typename T>
    [[nodiscard]] static Expected<T> wait(QFuture<Expected<T>> future)
    {
        future.waitForFinished();
        if (future.resultCount() == 0)
            return fail(ErrorKind::StoreUnavailable, QStringLiteral("the store gave no answer"));
        return future.result();
    }

private:
    template <typename T>
    [[nodiscard]] Expected<T> lookInto(const std::function<Expected<T>(Topology &)> &look)
    {
        auto opened = store();
        if (!opened)
            return fail(opened.error());
        std::optional<Expected<T>> found;
        const auto done = wait((*opened)->queries().inspect([&](Topology &topology) { found = look(topology); }));
        if (!done)
            return fail(done.error());
        return *std::move(found);
    }

    QString m_url;
    QString m_actor;
    std::unique_ptr<StoreHandle> m_store;
};

} // namespace interlock
