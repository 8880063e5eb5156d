using BmadServer.Domain.Common;
using MediatR;

namespace BmadServer.Web.Chat;

/// <summary>What the server itself asks, with no caller behind it: each in a scope of its own, and not for long.</summary>
internal sealed class ServerQueries(IServiceScopeFactory scopes)
{
    /// <summary>Whoever asks does so again soon, and has other things to do until then.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <exception cref="DomainException"><c>service.unavailable</c>: the database does not answer, or not in time.</exception>
    public async Task<TResponse> SendAsync<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Limit);
        try
        {
            return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request, limited.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DomainException("service.unavailable", "The database did not answer in time.", ErrorKind.Unavailable);
        }
    }
}
