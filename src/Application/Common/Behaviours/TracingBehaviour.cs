using System.Diagnostics;
using BmadServer.Domain.Common;
using MediatR;

namespace BmadServer.Application.Common.Behaviours;

/// <summary>
/// A span for each request, by its name. Never with its contents, nor with an exception's text, which may repeat them.
/// </summary>
internal sealed class TracingBehaviour<TRequest, TResponse> : IPipelineBehavior<TRequest, TResponse>
{
    private const string ErrorType = "error.type";

    private static readonly string Name = typeof(TRequest).Name;

    public async Task<TResponse> Handle(
        TRequest request,
        CancellationToken cancellationToken,
        RequestHandlerDelegate<TResponse> next
    )
    {
        using var activity = Tracing.Source.StartActivity(Name);
        try
        {
            return await next();
        }
        catch (DomainException refusal)
        {
            activity?.SetTag(ErrorType, refusal.Code);
            if (refusal.Kind == ErrorKind.Unavailable)
            {
                activity?.SetStatus(ActivityStatusCode.Error);
            }

            throw;
        }
        catch (Exception failure)
        {
            activity?.SetTag(ErrorType, failure.GetType().FullName);
            activity?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
    }
}
