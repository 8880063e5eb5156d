using BmadServer.Application.Auth;
using BmadServer.Domain.Common;
using BmadServer.Domain.Users;
using BmadServer.Integration.Tests.Support;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Auth;

/// <summary>Which refresh tokens are kept. The server's clock is shifted, and only ever forward.</summary>
public sealed class RefreshTokenSweepTests(Database database) : ServerTest(database)
{
    private readonly TestClock _time = new();

    protected override TimeProvider Time => _time;

    [Test]
    public async Task Tokens_that_expired_more_than_a_day_ago_are_deleted_and_others_are_kept()
    {
        var family = TokenFamily.Start(new UserId((await SignedInAsync()).Id), _time.Now());
        var day = TimeSpan.FromDays(1);
        await Server.InDatabaseAsync(db =>
        {
            db.Add(family);
            db.Add(RefreshToken.Issue("long expired", family.Id, _time.Now() - (3 * day), day));
            db.Add(RefreshToken.Issue("just expired", family.Id, _time.Now() - (2 * day) + TimeSpan.FromMinutes(1), day));
            db.Add(RefreshToken.Issue("valid", family.Id, _time.Now(), day));
            return db.SaveChangesAsync();
        });

        await SweepAsync();

        (await StoredAsync(family.Id)).ShouldBe(["just expired", "valid"]);
    }

    [Test]
    public async Task The_server_deletes_them_without_anybody_asking()
    {
        var user = new UserId((await SignedInAsync()).Id);

        _time.Advance(TimeSpan.FromDays(8) + TimeSpan.FromMinutes(1));

        await _time.UntilSweptAsync(
            Eventually.ShouldBeTrueAsync(
                async () =>
                    !await Server.InDatabaseAsync(db =>
                        db.RefreshTokens.AnyAsync(token => db.TokenFamilies.Any(family => family.Id == token.FamilyId && family.UserId == user))
                    ),
                "the token is deleted"
            )
        );
    }

    private async Task SweepAsync()
    {
        await using var scope = Server.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new SweepRefreshTokens());
    }

    private Task<List<string>> StoredAsync(TokenFamilyId family) =>
        Server.InDatabaseAsync(db =>
            db.RefreshTokens.Where(token => token.FamilyId == family).Select(token => token.Hash).OrderBy(hash => hash).ToListAsync()
        );
}
