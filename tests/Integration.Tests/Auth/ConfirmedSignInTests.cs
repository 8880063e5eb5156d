using BmadServer.Application.Auth;
using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using BmadServer.Domain.Users;
using BmadServer.Integration.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Auth;

/// <summary>What an operator does to an account between the check of its password and the beginning of the sign-in.</summary>
public sealed class ConfirmedSignInTests(Database database) : ServerTest(database)
{
    [Test]
    public async Task An_account_that_nobody_changed_is_confirmed() =>
        await Should.NotThrowAsync(VerifyChangeAndConfirmAsync((accounts, user) => accounts.EnableAsync(user, CancellationToken.None)));

    [Test]
    public Task An_account_that_was_disabled_is_not_confirmed() =>
        ShouldNotConfirmAsync((accounts, user) => accounts.DisableAsync(user, TimeProvider.System.Now(), CancellationToken.None));

    [Test]
    public Task An_account_that_got_another_password_is_not_confirmed() =>
        ShouldNotConfirmAsync((accounts, user) => accounts.SetPasswordAsync(user, accounts.HashPassword("another one"), null, CancellationToken.None));

    private async Task ShouldNotConfirmAsync(Func<IUserAccounts, UserId, Task> change) =>
        (await Should.ThrowAsync<DomainException>(VerifyChangeAndConfirmAsync(change))).Code.ShouldBe("auth.invalid_credentials");

    private async Task VerifyChangeAndConfirmAsync(Func<IUserAccounts, UserId, Task> change)
    {
        var sarah = await SignedInAsync();
        await using var scope = Server.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<IUserAccounts>();
        var verified = await accounts.VerifyAsync(sarah.Email, TestUser.Password, CancellationToken.None);

        await change(accounts, verified!.Id);

        await accounts.ConfirmAsync(verified, CancellationToken.None);
    }
}
