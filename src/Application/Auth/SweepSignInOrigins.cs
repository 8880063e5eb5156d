using BmadServer.Application.Common;
using MediatR;

namespace BmadServer.Application.Auth;

/// <summary>Forgets the places (<see cref="ClientNetwork"/>) from which nobody has tried to sign in, or did so, for long.</summary>
/// <returns>How many.</returns>
public sealed record SweepSignInOrigins : IRequest<int>;

internal sealed class SweepSignInOriginsHandler(IUserAccounts accounts, IUnitOfWork unitOfWork) : IRequestHandler<SweepSignInOrigins, int>
{
    public Task<int> Handle(SweepSignInOrigins request, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(accounts.ForgetOriginsAsync, cancellationToken);
}
