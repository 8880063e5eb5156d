using BmadServer.Domain.Common;
using MediatR;

namespace BmadServer.Infrastructure.Persistence;

/// <summary>Whatever request runs into a database that is out of reach is refused with <c>service.unavailable</c>.</summary>
internal sealed class DatabaseErrorBehaviour<TRequest, TResponse> : IPipelineBehavior<TRequest, TResponse>
{
    public async Task<TResponse> Handle(
        TRequest request,
        CancellationToken cancellationToken,
        RequestHandlerDelegate<TResponse> next
    )
    {
        try
        {
            return await next();
        }
        catch (Exception failure) when (failure is not DomainException && DatabaseErrors.IsUnavailable(failure))
        {
            throw DatabaseErrors.Unavailable(failure);
        }
    }
}
