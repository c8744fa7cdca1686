"""
Between the wire and the model. `requests` has what is asked, `answers` what is answered, each in both directions.

Only these modules, the service and the client know the generated code.
"""
