using Microsoft.AspNetCore.Mvc;

namespace BmadServer.Web.OpenApi;

/// <summary>What a request and its answer look like, for the API description.</summary>
internal sealed record ExampleMetadata(object? Request, object? Response);

internal static class EndpointDescription
{
    public static TBuilder WithExample<TBuilder>(this TBuilder endpoint, object? request = null, object? response = null)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new ExampleMetadata(request, response));

    /// <summary>Says with which status codes the endpoint refuses, each with problem details.</summary>
    public static TBuilder Refuses<TBuilder>(this TBuilder endpoint, params int[] statusCodes)
        where TBuilder : IEndpointConventionBuilder
    {
        foreach (var status in statusCodes)
        {
            endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ProblemDetails), ["application/problem+json"]));
        }

        return endpoint;
    }
}
