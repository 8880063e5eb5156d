using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using BmadServer.Infrastructure.Persistence;
using BmadServer.Integration.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Sessions;

public sealed class SessionConcurrencyTests(Database database) : ServerTest(database)
{
    private static readonly DateTimeOffset Now = TimeProvider.System.Now();

    [Test]
    public async Task Of_two_writers_that_read_the_same_version_the_second_one_loses()
    {
        var id = await StoreAsync();
        await using var first = Server.Services.CreateAsyncScope();
        await using var second = Server.Services.CreateAsyncScope();
        (await FindAsync(first, id)).Join(WorkflowId.New(Now), Now);
        (await FindAsync(second, id)).Join(WorkflowId.New(Now), Now);
        await SaveAsync(first);

        await Should.ThrowAsync<DbUpdateConcurrencyException>(() => SaveAsync(second));
    }

    [Test]
    public async Task A_change_of_the_state_alone_is_seen_and_stored()
    {
        var (id, workflow) = (await StoreAsync(), WorkflowId.New(Now));
        await using (var scope = Server.Services.CreateAsyncScope())
        {
            (await FindAsync(scope, id)).Join(workflow, Now);
            await SaveAsync(scope);
        }

        await using var another = Server.Services.CreateAsyncScope();
        (await FindAsync(another, id)).State.JoinedWorkflows.ShouldBe([workflow]);
    }

    [Test]
    public async Task A_unit_of_work_that_lost_is_told_so_and_has_changed_nothing()
    {
        var id = await StoreAsync();
        await using var scope = Server.Services.CreateAsyncScope();
        var unitOfWork = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();
        var sessions = scope.ServiceProvider.GetRequiredService<ISessionRepository>();

        await Should.ThrowAsync<ConcurrentChangeException>(() =>
            unitOfWork.ExecuteAsync(
                async token =>
                {
                    var session = (await sessions.FindAsync(id, token))!;
                    session.End(SessionEndReason.Revoked, Now);

                    // As if another had written in between; on SQLite no other can, while this one holds the file.
                    await scope
                        .ServiceProvider.GetRequiredService<AppDbContext>()
                        .Sessions.Where(row => row.Id == id)
                        .ExecuteUpdateAsync(update => update.SetProperty(row => row.Version, row => row.Version + 1), token);
                },
                CancellationToken.None
            )
        );

        await using var another = Server.Services.CreateAsyncScope();
        var stored = await FindAsync(another, id);
        (stored.HasEnded, stored.Version).ShouldBe((false, 1));
    }

    private static async Task<Session> FindAsync(AsyncServiceScope scope, SessionId id) =>
        (await scope.ServiceProvider.GetRequiredService<ISessionRepository>().FindAsync(id, CancellationToken.None))!;

    private static Task<int> SaveAsync(AsyncServiceScope scope) =>
        scope.ServiceProvider.GetRequiredService<AppDbContext>().SaveChangesAsync();

    private Task<SessionId> StoreAsync()
    {
        var session = Session.Start(UserId.New(Now), TokenFamilyId.New(Now), "Phone", "connection", NodeId.New(Now), Now);
        return Server.InDatabaseAsync(async db =>
        {
            db.Add(session);
            await db.SaveChangesAsync();
            return session.Id;
        });
    }
}
