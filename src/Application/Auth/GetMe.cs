using BmadServer.Application.Common;
using MediatR;

namespace BmadServer.Application.Auth;

public sealed record GetMe : IRequest<UserView>;

internal sealed class GetMeHandler(ICaller caller, IUserAccounts accounts) : IRequestHandler<GetMe, UserView>
{
    public async Task<UserView> Handle(GetMe request, CancellationToken cancellationToken) =>
        await accounts.FindAsync(caller.UserId, cancellationToken) is { } user ? UserView.Of(user) : throw AuthErrors.Required();
}
