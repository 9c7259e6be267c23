"""Pictures: Altair charts, inline SVG and escaped HTML. Pure: nothing here knows of Streamlit."""
