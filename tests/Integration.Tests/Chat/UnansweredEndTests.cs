using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Integration.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>
/// A session or a sign-in ended in the database, and whoever ended it did not live to close its connections: the answer to the
/// commit was lost.
/// </summary>
public sealed class UnansweredEndTests(Database database) : ChatTest(database)
{
    [Test]
    public async Task A_connection_of_a_session_that_has_ended_is_closed()
    {
        var (ended, other) = (await ConnectedAsync(Sarah), await ConnectedAsync(Sarah));

        // Stamped before a long commit, or by another node's clock.
        var earlier = TimeProvider.System.Now() - TimeSpan.FromSeconds(30);
        await InDatabaseAsync(async (services, token) => (await SessionAsync(services, ended, token)).End(SessionEndReason.LoggedOut, earlier));

        (await ended.WaitForAsync("SessionEnded")).GetString().ShouldBe("loggedOut");
        await ended.Closed;
        await other.InvokeAsync("SendMessage", "Still here");
        other.Received("SessionEnded").ShouldBeEmpty();
    }

    [Test]
    public async Task A_connection_of_a_sign_in_that_has_ended_is_closed()
    {
        var (user, other) = (await SignedInAsync(), await ConnectedAsync(Sarah));
        var ended = await ConnectedAsync(user);

        await InDatabaseAsync(
            async (services, token) =>
            {
                var session = await SessionAsync(services, ended, token);
                var families = services.GetRequiredService<ITokenFamilyRepository>();
                (await families.FindAsync(session.FamilyId, token))!.Revoke(TimeProvider.System.Now());
            }
        );

        (await ended.WaitForAsync("SessionEnded")).GetString().ShouldBe("revoked");
        await ended.Closed;
        await other.InvokeAsync("SendMessage", "Still here");
        other.Received("SessionEnded").ShouldBeEmpty();
    }

    private async Task InDatabaseAsync(Func<IServiceProvider, CancellationToken, Task> work)
    {
        await using var scope = Server.Services.CreateAsyncScope();
        var unitOfWork = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();
        await unitOfWork.ExecuteAsync(token => work(scope.ServiceProvider, token), CancellationToken.None);
    }

    private static async Task<Session> SessionAsync(IServiceProvider services, HubClient client, CancellationToken token) =>
        (await services.GetRequiredService<ISessionRepository>().FindAsync(new SessionId(client.SessionId), token))!;
}
